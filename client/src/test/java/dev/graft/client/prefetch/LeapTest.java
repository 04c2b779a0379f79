package dev.graft.client.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Leap on traces, beside a plain reading of the paper's algorithms. */
final class LeapTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);
  private static final int FRAMES_A_WINDOW = 2048;
  private static final int WINDOWS = 8;
  private static final List<FrameOrder> ORDERS = orders();

  private static List<FrameOrder> orders() {
    List<FrameOrder> orders = new ArrayList<>();
    var owner = new FrameOwner.InSegment(VOLUME, new SegmentId(1, 0));
    for (int window = 0; window < WINDOWS; window++) {
      Leaf.Builder leaf = Leaf.builder(window);
      for (int i = 0; i < FRAMES_A_WINDOW; i++) {
        long number = (long) window * FRAMES_A_WINDOW + i;
        long first = ((long) window << 16) + i * 32L;
        leaf.frame(new FrameRef(owner, (int) number, 100 + number * 4_000, 4_000), false)
            .live(Math.max(1, first), first + 31);
      }
      orders.add(FrameOrder.of(leaf.build()));
    }
    return orders;
  }

  /** Leap over those windows, what it fetches being here at once. */
  private static final class Replay implements Orders {
    private final Leap leap;
    private final Set<Long> here = new HashSet<>();
    private final Set<Long> untouched = new HashSet<>();
    private final Set<Long> ordered = new TreeSet<>();
    private final List<Integer> wantedLeaves = new ArrayList<>();
    private int misses;
    private int useful;

    Replay(Leap.Settings settings) {
      this.leap = new Leap(settings);
    }

    Set<Long> touch(long frame) {
      ordered.clear();
      int window = (int) (frame / FRAMES_A_WINDOW);
      boolean known = !here.add(frame);
      useful += untouched.remove(frame) ? 1 : 0;
      leap.touched(
          new Touch(
              window,
              ORDERS.get(window),
              (int) (frame % FRAMES_A_WINDOW),
              known,
              other -> other < WINDOWS ? ORDERS.get(other) : FrameOrder.EMPTY,
              wantedLeaves::add),
          this);
      misses += known ? 0 : 1;
      return new TreeSet<>(ordered);
    }

    @Override
    public List<FrameRef> frames(List<FrameRef> frames) {
      List<FrameRef> absent = new ArrayList<>();
      for (FrameRef frame : frames) {
        long number = frame.number();
        ordered.add(number);
        if (here.add(number)) {
          untouched.add(number);
          absent.add(frame);
        }
      }
      return absent;
    }

    @Override
    public void range(HotRange range) {
      throw new AssertionError("no hot ranges here");
    }
  }

  /** Replays a trace on both, asserting equal decisions. */
  private static Replay replay(Leap.Settings settings, LongStream trace) {
    Replay real = new Replay(settings);
    LeapReference paper = new LeapReference(settings);
    long[] frames = trace.toArray();
    for (int i = 0; i < frames.length; i++) {
      assertThat(real.touch(frames[i]))
          .describedAs("touch %d of frame %d", i, frames[i])
          .isEqualTo(paper.touch(frames[i]));
    }
    assertThat(real.misses).isEqualTo(paper.misses);
    assertThat(real.useful).isEqualTo(paper.useful);
    assertThat(real.untouched).hasSize(paper.wasted());
    return real;
  }

  @Test
  void touched_sequentially_missesOneOfNineInTheLongRun() {
    Replay real = replay(Leap.Settings.PUBLISHED, LongStream.range(100, 1_100));
    // Three to see the trend; then windows of 1, 2, 4, and 8 frames behind one miss each.
    assertThat(real.misses).isEqualTo(3 + 3 + (999 - 12) / 9);
    assertThat(real.untouched).hasSizeLessThanOrEqualTo(8);
  }

  @Test
  void touched_inStridesOfSevenAndBackwards_doesAsWell() {
    int sequential = replay(Leap.Settings.PUBLISHED, LongStream.range(100, 1_100)).misses;
    Replay strided =
        replay(Leap.Settings.PUBLISHED, LongStream.range(0, 1_000).map(i -> 100 + 7 * i));
    Replay backwards =
        replay(Leap.Settings.PUBLISHED, LongStream.range(0, 1_000).map(i -> 9_000 - i));
    assertThat(strided.misses).isEqualTo(sequential);
    assertThat(strided.untouched).hasSizeLessThanOrEqualTo(8);
    assertThat(backwards.misses).isEqualTo(sequential);
    assertThat(backwards.untouched).hasSizeLessThanOrEqualTo(8);
  }

  @Test
  void touched_withLookUpsBetween_stillFollowsTheTrend() {
    Random random = new Random(11);
    LongStream trace =
        LongStream.range(0, 2_000)
            .map(i -> i % 25 == 24 ? 8_000 + random.nextInt(8_000) : 100 + i - i / 25);
    Replay real = replay(Leap.Settings.PUBLISHED, trace);
    int lookUps = 2_000 / 25;
    // Each look-up costs what is fetched beside it, and the window behind it begins halved.
    assertThat(real.misses - lookUps).isLessThan(2_000 / 4);
    assertThat(real.useful).isGreaterThan(2_000 * 3 / 4 - lookUps);
    assertThat(real.untouched.size()).isLessThanOrEqualTo(8 * lookUps);
  }

  @Test
  void touched_twoScansByTurns_findsNoMajorityAndFetchesNothing() {
    // Steps alternate between two lengths, one of which changes each time.
    LongStream trace = LongStream.range(0, 1_000).map(i -> i % 2 == 0 ? 100 + i : 9_000 - i);
    Replay real = replay(Leap.Settings.PUBLISHED, trace);
    assertThat(real.useful + real.untouched.size()).isZero();
  }

  @Test
  void touched_atRandom_fetchesNothing() {
    for (long seed = 1; seed <= 20; seed++) {
      Replay real =
          replay(
              Leap.Settings.PUBLISHED,
              new Random(seed).longs(500, 0, (long) WINDOWS * FRAMES_A_WINDOW));
      assertThat(real.untouched).describedAs("seed %d", seed).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void touched_patternsThatChange_decidesAsThePaperDoes() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      LongStream.Builder trace = LongStream.builder();
      long at = random.nextInt(8_000);
      for (int part = 0; part < 12; part++) {
        int step = random.nextInt(9) - 4;
        int length = random.nextInt(60);
        int noise = random.nextInt(5);
        for (int i = 0; i < length; i++) {
          at += step;
          boolean inside = at >= 0 && at < (long) FRAMES_A_WINDOW * WINDOWS;
          at = inside ? at : random.nextInt(8_000);
          trace.add(noise > 0 && random.nextInt(10) < noise ? random.nextInt(8_000) : at);
        }
      }
      var settings = new Leap.Settings(8 << random.nextInt(3), 1 << random.nextInt(3), 16, 0);
      // Away from both ends of the volume, beyond which there are no frames.
      replay(settings, trace.build().map(frame -> Math.clamp(frame, 600, 15_000)));
    }
  }

  @Test
  void touched_ascendingBesideScans_leavesItToThem() {
    Replay real = new Replay(Leap.Settings.BESIDE_SCANS);
    LongStream.range(100, 400).forEach(real::touch);
    assertThat(real.untouched).isEmpty();
    LongStream.range(0, 200).map(i -> 4_000 - i).forEach(real::touch);
    assertThat(real.misses).isLessThan(300 + 40);
  }

  @Test
  void touched_nearTheNextWindowThatIsNotAtHand_wantsItsLeaves() {
    Leap leap = new Leap(Leap.Settings.PUBLISHED);
    List<Integer> wanted = new ArrayList<>();
    Replay orders = new Replay(Leap.Settings.PUBLISHED);
    for (int rank = FRAMES_A_WINDOW - 5; rank < FRAMES_A_WINDOW; rank++) {
      leap.touched(new Touch(0, ORDERS.get(0), rank, false, other -> null, wanted::add), orders);
    }
    assertThat(wanted).contains(1);
  }
}
