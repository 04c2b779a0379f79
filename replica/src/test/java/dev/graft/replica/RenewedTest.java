package dev.graft.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.SegmentId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What is given up before a memory image and begins anew after it. */
class RenewedTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** Something to elsewhere that tells when it is closed. */
  private record Way(int number, List<Integer> closed) implements AutoCloseable {
    @Override
    public void close() {
      closed.add(number);
    }
  }

  private final List<Integer> closed = new ArrayList<>();
  private int opened;
  private final Renewed<Way> renewed = new Renewed<>(() -> new Way(++opened, closed));

  @Test
  void using_again_keepsWhatIsOpen() {
    assertThat(opened).as("nothing is opened before it is used").isZero();
    assertThat(renewed.using(Way::number)).isEqualTo(1);
    assertThat(renewed.using(Way::number)).isEqualTo(1);
    assertThat(closed).isEmpty();
  }

  @Test
  void disconnect_closesAndTheNextUseOpensAnother() {
    renewed.using(Way::number);
    renewed.disconnect();
    renewed.disconnect();
    assertThat(closed).containsExactly(1);
    assertThat(renewed.using(Way::number)).isEqualTo(2);
  }

  @Test
  void idle_isFalseWhileSomethingIsUnderWayAlsoWhenItFails() {
    List<Boolean> seen = new ArrayList<>();
    try {
      renewed.using(way -> {
        seen.add(renewed.isIdle());
        throw new IllegalStateException("as a store that fails");
      });
    } catch (IllegalStateException expected) {
      seen.add(renewed.isIdle());
    }
    assertThat(seen).containsExactly(false, true);
  }

  /** What a process has in its memory when it is copied; from outside it gets something else. */
  private static Supplier<RandomGenerator> copiedThenFresh() {
    boolean[] copied = {true};
    return () -> {
      RandomGenerator source = copied[0] ? new Random(42) : new SecureRandom();
      copied[0] = false;
      return source;
    };
  }

  private static Set<SegmentId> ids(RenewedRandom random) {
    RandomIdSource source = new RandomIdSource(random);
    Set<SegmentId> ids = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      ids.add(source.newSegmentId(NOW));
    }
    return ids;
  }

  @Test
  void random_ofTwoCopiesOfOneImage_partsWhenItIsRenewed() {
    RenewedRandom one = new RenewedRandom(copiedThenFresh());
    RenewedRandom two = new RenewedRandom(copiedThenFresh());
    assertThat(ids(one)).as("two copies go on alike").hasSize(20).isEqualTo(ids(two));
    one.renew();
    two.renew();
    Set<SegmentId> both = new HashSet<>(ids(one));
    both.addAll(ids(two));
    assertThat(both).hasSize(40);
  }
}
