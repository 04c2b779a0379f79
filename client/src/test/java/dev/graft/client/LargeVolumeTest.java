package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.count.Counts;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSize;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes with more windows than a root can name. */
@Timeout(60)
final class LargeVolumeTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int WINDOWS = 1_500;

  /** One page in each window, and the very last page that can be. */
  private static long page(int window) {
    return window == WINDOWS ? PageIdx.MAX_VALUE : window * 65_536L + 1 + window;
  }

  @TempDir Path folder;

  private static void check(Snapshot snapshot, int step, long shift) {
    for (int window = 0; window <= WINDOWS; window += step) {
      long idx = page(window);
      assertThat(Pages.read(snapshot, idx)).isEqualTo(Pages.of(SIZE, idx + shift));
      assertThat(Pages.read(snapshot, idx - (window == 0 ? -1 : 1))).isEqualTo(Pages.zeros(SIZE));
    }
  }

  @Test
  void commit_intoMoreThanAThousandWindows_isReadBackPulledAndReopened() {
    try (var at = new Embedded(41, SIZE);
        Replica writer = at.open()) {
      Replica onFolder = Replica.open(at.options().on(folder));
      try (Transaction all = writer.begin()) {
        for (int window = 0; window <= WINDOWS; window++) {
          Pages.write(all, page(window), Pages.of(SIZE, page(window)));
        }
        assertThat(all.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
      }
      onFolder.pull();
      try (Snapshot snapshot = onFolder.snapshot()) {
        assertThat(snapshot.pageCount()).isEqualTo(new PageCount(PageIdx.MAX_VALUE));
        check(snapshot, 100, 0);
      }
      onFolder.close();

      Counts before = at.remote.counts();
      try (Replica again = Replica.open(at.options().on(folder));
          Snapshot snapshot = again.snapshot()) {
        assertThat(again.status().position().lsn()).isEqualTo(new Lsn(1));
        check(snapshot, 100, 0);
        assertThat(at.remote.counts().minus(before).requests()).isZero();
      }

      before = at.remote.counts();
      try (Replica cold = at.open();
          Snapshot snapshot = cold.snapshot()) {
        Pages.read(snapshot, page(777));
        Counts cost = at.remote.counts().minus(before);
        // Open, branch, leaf, frame.
        assertThat(cost.rounds()).isLessThanOrEqualTo(4);
        assertThat(cost.bytesIn()).isLessThan(1 << 20);
      }
    }
  }

  @Test
  void commit_overBranches_isSeenByThoseWhoPull() {
    try (var at = new Embedded(42, SIZE);
        Replica writer = at.open();
        Replica reader = at.open()) {
      for (long shift = 0; shift < 2; shift++) {
        try (Transaction all = writer.begin()) {
          for (int window = 0; window <= WINDOWS; window++) {
            Pages.write(all, page(window), Pages.of(SIZE, page(window) + shift));
          }
          all.commit(CommitOptions.NONE);
        }
        reader.pull();
        for (Replica each : new Replica[] {writer, reader}) {
          try (Snapshot snapshot = each.snapshot()) {
            check(snapshot, 100, shift);
          }
        }
      }
      try (Transaction one = writer.begin()) {
        Pages.write(one, page(700), Pages.of(SIZE, 7));
        one.commit(CommitOptions.NONE);
      }
      Changes changes = reader.pull();
      assertThat(changes.pages().contains(page(700))).isTrue();
      try (Snapshot snapshot = reader.snapshot()) {
        assertThat(Pages.read(snapshot, page(700))).isEqualTo(Pages.of(SIZE, 7));
        assertThat(Pages.read(snapshot, page(701))).isEqualTo(Pages.of(SIZE, page(701) + 1));
      }
    }
  }
}
