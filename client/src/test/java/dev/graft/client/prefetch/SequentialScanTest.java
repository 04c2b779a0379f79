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
import org.junit.jupiter.api.Test;

/** What a scan has fetched ahead, and what does not look like one. */
final class SequentialScanTest {
  private static final VolumeId VOLUME = new VolumeId(1, 2);
  private static final int FRAME_BYTES = 45_000;
  private static final int FRAMES_A_WINDOW = 2048;

  /** 350 frames make a segment of a little less than 16 MiB. */
  private static final int FRAMES_A_SEGMENT = 350;

  private final List<FrameOrder> windows = new ArrayList<>();
  private final List<List<FrameRef>> runs = new ArrayList<>();
  private final List<Integer> wantedLeaves = new ArrayList<>();
  private final SequentialScan scan = new SequentialScan();
  private final Orders orders =
      new Orders() {
        @Override
        public List<FrameRef> frames(List<FrameRef> frames) {
          runs.add(frames);
          return frames;
        }

        @Override
        public void range(HotRange range) {
          throw new AssertionError("no hot ranges here");
        }
      };

  private static FrameOrder window(int window) {
    Leaf.Builder leaf = Leaf.builder(window);
    for (int i = 0; i < FRAMES_A_WINDOW; i++) {
      int all = window * FRAMES_A_WINDOW + i;
      int number = all % FRAMES_A_SEGMENT;
      var owner = new FrameOwner.InSegment(VOLUME, new SegmentId(1 + all / FRAMES_A_SEGMENT, 0));
      long first = Math.max(1, ((long) window << 16) + i * 32L);
      leaf.frame(new FrameRef(owner, number, 100 + (long) number * FRAME_BYTES, FRAME_BYTES), false)
          .live(first, ((long) window << 16) + i * 32L + 31);
    }
    return FrameOrder.of(leaf.build());
  }

  private void touch(int window, int rank) {
    FrameOrder order = windows.get(window);
    // Ordinals are in object order, as ranks are in this leaf.
    Touch touch =
        new Touch(
            window,
            order,
            rank,
            false,
            other -> other < windows.size() ? windows.get(other) : null,
            wantedLeaves::add);
    assertThat(order.rank(rank)).isEqualTo(rank);
    scan.touched(touch, orders);
  }

  @Test
  void touched_wholeVolumeInOrder_needsFewRunsWithManyAhead() {
    for (int i = 0; i < 8; i++) {
      windows.add(window(i));
    }
    Set<FrameRef> wanted = new HashSet<>();
    int demanded = 0;
    int seenRuns = 0;
    List<Integer> ends = new ArrayList<>();
    int wantedFrames = 0;
    int fewestAhead = Integer.MAX_VALUE;
    for (int all = 0; all < 8 * FRAMES_A_WINDOW; all++) {
      int window = all / FRAMES_A_WINDOW;
      int rank = all % FRAMES_A_WINDOW;
      if (!wanted.contains(windows.get(window).frame(rank))) {
        demanded++;
      }
      touch(window, rank);
      for (; seenRuns < runs.size(); seenRuns++) {
        wanted.addAll(runs.get(seenRuns));
        wantedFrames += runs.get(seenRuns).size();
        ends.add(wantedFrames);
      }
      int reached = all - demanded;
      long ahead = ends.stream().filter(end -> end > reached).count();
      if (all > 4096 && all < 5 * FRAMES_A_WINDOW) {
        fewestAhead = (int) Math.min(fewestAhead, ahead);
      }
    }
    assertThat(demanded).isLessThanOrEqualTo(5);
    assertThat(wanted).hasSize(8 * FRAMES_A_WINDOW - demanded);
    // 2 GiB of pages: at most 64 reads for each GiB.
    assertThat(runs.size() + demanded).isLessThanOrEqualTo(128);
    assertThat(fewestAhead).isGreaterThanOrEqualTo(8);
    for (List<FrameRef> run : runs) {
      assertThat(run.stream().mapToLong(FrameRef::lengthBytes).sum())
          .isLessThanOrEqualTo(8L * 1024 * 1024);
    }
  }

  @Test
  void touched_nextLeafNotAtHand_wantsItAndGoesOnWhenItIs() {
    windows.add(window(0));
    for (int rank = FRAMES_A_WINDOW - 40; rank < FRAMES_A_WINDOW - 10; rank++) {
      touch(0, rank);
    }
    assertThat(wantedLeaves).contains(1);
    windows.add(window(1));
    int before = runs.size();
    touch(0, FRAMES_A_WINDOW - 10);
    assertThat(runs.size()).isGreaterThan(before);
    assertThat(runs.get(before).getFirst()).isEqualTo(windows.get(1).frame(0));
  }

  @Test
  void touched_atRandom_wantsNothing() {
    windows.add(window(0));
    var random = new Random(5);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int rank = random.nextInt(FRAMES_A_WINDOW);
      if (seen.add(rank)) {
        touch(0, rank);
      }
    }
    assertThat(runs).isEmpty();
  }

  @Test
  void touched_threeInARow_wantsNothing() {
    windows.add(window(0));
    for (int start : new int[] {100, 900, 500, 1500}) {
      touch(0, start);
      touch(0, start + 1);
      touch(0, start + 2);
    }
    assertThat(runs).isEmpty();
  }

  @Test
  void touched_twoScansAndLookUpsBetween_followsBoth() {
    windows.add(window(0));
    var random = new Random(6);
    for (int i = 0; i < 12; i++) {
      touch(0, 10 + i);
      touch(0, 1010 + i);
      touch(0, 1200 + random.nextInt(800));
    }
    assertThat(runs).anyMatch(run -> run.getFirst().equals(windows.get(0).frame(14)));
    assertThat(runs).anyMatch(run -> run.getFirst().equals(windows.get(0).frame(1014)));
  }
}
