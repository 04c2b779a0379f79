package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.prefetch.Leap;
import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.client.prefetch.PrefetchStatus;
import dev.graft.client.write.BulkImport;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of frames that were fetched ahead, and what the budget holds back. */
@Timeout(60)
final class SpeculationBooksTest {
  private static final PageSize SIZE = PageSize.DEFAULT;
  private static final int PAGES = 12_800;
  private static final int FRAMES = PAGES / 32;

  private static Embedded volume() {
    Embedded at = new Embedded(31, SIZE);
    new BulkImport(at.remote, at.concurrency, at.ids, 2)
        .run(
            new BulkImport.Plan(at.volume, SIZE, new PageCount(PAGES), new long[] {}, "", ""),
            (first, pages, target) -> {
              for (int i = 0; i < pages; i++) {
                System.arraycopy(
                    Pages.of(SIZE, first + i), 0, target, i * SIZE.bytes(), SIZE.bytes());
              }
            },
            BulkImport.Progress.NONE);
    return at;
  }

  private static ReplicaOptions guessing(Embedded at, PrefetchBudget budget) {
    ReplicaOptions.Limits limits = ReplicaOptions.Limits.DEFAULT;
    return at.options()
        .with(() -> new Leap(Leap.Settings.PUBLISHED))
        .with(
            new ReplicaOptions.Limits(
                limits.backgroundReads(),
                limits.stagedBytes(),
                limits.segmentBytes(),
                limits.parallelUploads(),
                budget));
  }

  /** Reads a page of every so manieth frame. */
  private static PrefetchStatus read(Replica replica, int first, int step, int frames) {
    try (Snapshot snapshot = replica.snapshot()) {
      for (int i = 0; i < frames; i++) {
        long page = (first + (long) i * step) * 32 + 5;
        assertThat(Pages.read(snapshot, page)).isEqualTo(Pages.of(SIZE, page));
      }
    }
    return replica.status().prefetch();
  }

  @Test
  void status_afterStridedReads_countsEachFrameOnce() {
    try (Embedded at = volume();
        Replica replica = Replica.open(guessing(at, PrefetchBudget.DEFAULT))) {
      PrefetchStatus status = read(replica, 0, 3, 100);
      long ahead = status.usefulFrames() + status.untouchedFrames();
      assertThat(status.usefulFrames()).isBetween(80L, 97L);
      assertThat(status.untouchedFrames()).isLessThanOrEqualTo(8);
      assertThat(status.wastedFrames()).isZero();
      assertThat(status.refusedFrames()).isZero();
      assertThat(status.usefulBytes() / status.usefulFrames())
          .isBetween(40_000L, (long) SIZE.bytes() * 33);
      assertThat(ahead).isLessThanOrEqualTo(FRAMES);
    }
  }

  @Test
  void read_withoutABudget_fetchesNothingAheadAndTellsWhatItRefused() {
    try (Embedded at = volume();
        Replica replica = Replica.open(guessing(at, PrefetchBudget.NONE))) {
      PrefetchStatus status = read(replica, 0, 3, 50);
      assertThat(status.usefulFrames() + status.untouchedFrames()).isZero();
      assertThat(status.refusedFrames()).isPositive();
      assertThat(status.refusedBytes()).isPositive();
    }
  }

  @Test
  void read_guessesThatAreNeverUsed_areHeldToAllowanceAndShare() {
    PrefetchBudget budget = new PrefetchBudget(500_000, 10, 8 << 20, 0);
    try (Embedded at = volume();
        Replica replica = Replica.open(guessing(at, budget))) {
      long needed = 0;
      PrefetchStatus status = replica.status().prefetch();
      // Runs of three frames, each of which makes Leap fetch a fourth that nobody reads.
      for (int run = 0; run < 40; run++) {
        status = read(replica, run * 10 % 391, 1, 3);
        needed += 3;
        long limit = 500_000 + needed * 33 * SIZE.bytes() / 10;
        assertThat(status.untouchedBytes()).isLessThanOrEqualTo(limit);
      }
      assertThat(status.untouchedFrames()).isPositive();
      assertThat(status.refusedFrames()).isPositive();
    }
  }
}
