package dev.graft.cli.demo;

import java.util.List;
import java.util.SplittableRandom;

/** Makes up text. The same random source makes the same text. */
final class Words {
  private static final List<String> ALL =
      List.of(
          ("amber anchor apple arrow atlas autumn basin beacon birch blanket blossom breeze bridge"
                  + " bronze brook candle canyon carbon cedar circle clover cobalt copper coral"
                  + " cotton crystal dawn delta desert drift ember engine falcon feather fern field"
                  + " flame flint forest fossil fountain garden garnet glacier granite grove harbor"
                  + " harvest hazel heron hollow horizon indigo island ivory jasper juniper kettle"
                  + " lantern laurel ledger lemon linen maple marble meadow mellow mercury mesa"
                  + " mirror moss nectar night north oak ocean olive onyx opal orchard orchid otter"
                  + " paper pebble pepper pine planet plum pond poplar prairie quartz quiet raven"
                  + " reef ridge river robin saddle saffron sage sail salt sand satin shadow shore"
                  + " silk silver slate spark spruce stone storm summit sunset tailor temple"
                  + " thistle thunder timber topaz trail tulip valley vapor velvet violet walnut"
                  + " water wheat willow winter wolf wool yarn yellow zephyr")
              .split(" "));

  private final SplittableRandom random;

  Words(SplittableRandom random) {
    this.random = random;
  }

  String one() {
    return ALL.get(random.nextInt(ALL.size()));
  }

  /** Between {@code least} and {@code most} words. */
  String some(int least, int most) {
    int count = random.nextInt(least, most + 1);
    StringBuilder text = new StringBuilder(count * 7);
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(one());
    }
    return text.toString();
  }

  /** One of the choices. */
  String of(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  int number(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** 0 inclusive to {@code bound} exclusive; the larger {@code power}, the more often it is low. */
  int skewed(int bound, double power) {
    return (int) (bound * Math.pow(random.nextDouble(), power));
  }
}
