package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.count.Counts;
import dev.graft.client.write.BulkImport;
import dev.graft.client.write.PageSource;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Imports into the real engine, and what a cold replica then pays. */
@Timeout(60)
final class BulkImportTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  /** Page n has seed n; every 50th page is zeros. */
  private static PageSource source(PageSize size) {
    return (first, pages, target) -> {
      for (int i = 0; i < pages; i++) {
        byte[] page = page(size, first + i);
        System.arraycopy(page, 0, target, i * size.bytes(), size.bytes());
      }
    };
  }

  private static byte[] page(PageSize size, long idx) {
    return idx % 50 == 0 ? Pages.zeros(size) : Pages.of(size, idx);
  }

  private static BulkImport.Plan plan(Embedded at, PageSize size, long pages, long... hot) {
    return new BulkImport.Plan(at.volume, size, new PageCount(pages), hot, "tester", "import");
  }

  private static BulkImport.Result run(Embedded at, PageSize size, long pages, long... hot) {
    return new BulkImport(at.remote, at.concurrency, at.ids, 2)
        .run(plan(at, size, pages, hot), source(size), BulkImport.Progress.NONE);
  }

  private static void checkAll(Snapshot snapshot, PageSize size, long pages, long step) {
    for (long idx = 1; idx <= pages; idx += step) {
      assertThat(Pages.read(snapshot, idx)).as("page %d", idx).isEqualTo(page(size, idx));
    }
  }

  @Test
  void run_emptyVolume_isReadBackWholeAtOneCommit() {
    try (var at = new Embedded(1, SIZE)) {
      long pages = 5_000;
      long[] hot = {1, 900, 17, 4_000, 2};
      BulkImport.Result result = run(at, SIZE, pages, hot);
      assertThat(result.position().lsn()).isEqualTo(new Lsn(1));
      assertThat(result.pagesStored()).isEqualTo(pages - pages / 50);
      // Pages 900 and 4,000 are zeros.
      assertThat(result.hotPages()).isEqualTo(3);
      try (Replica replica = at.open();
          Snapshot snapshot = replica.snapshot()) {
        assertThat(snapshot.pageCount()).isEqualTo(new PageCount(pages));
        checkAll(snapshot, SIZE, pages, 1);
      }
    }
  }

  @Test
  void run_otherPageSizes_areReadBack() {
    for (int bytes : new int[] {512, 65_536}) {
      PageSize size = new PageSize(bytes);
      try (var at = new Embedded(2, size)) {
        long pages = bytes == 512 ? 70_000 : 300;
        run(at, size, pages, 1, 70, 3);
        try (Replica replica = at.open();
            Snapshot snapshot = replica.snapshot()) {
          checkAll(snapshot, size, pages, bytes == 512 ? 37 : 1);
        }
      }
    }
  }

  @Test
  void run_severalWindowsAndManySegments_isReadBack() {
    try (var at = new Embedded(3, SIZE)) {
      long pages = 140_000;
      // Every 40th page, so that three windows have little in them.
      PageSource sparse =
          (first, count, target) -> {
            java.util.Arrays.fill(target, 0, count * SIZE.bytes(), (byte) 0);
            for (int i = 0; i < count; i++) {
              if ((first + i) % 40 == 1) {
                byte[] page = Pages.of(SIZE, first + i);
                System.arraycopy(page, 0, target, i * SIZE.bytes(), page.length);
              }
            }
          };
      BulkImport.Result result =
          new BulkImport(at.remote, at.concurrency, at.ids, 2, 256 * 1024)
              .run(plan(at, SIZE, pages, 1, 139_961, 66_001), sparse, BulkImport.Progress.NONE);
      assertThat(result.segments()).isGreaterThan(16);
      try (Replica replica = at.open();
          Snapshot snapshot = replica.snapshot()) {
        for (long idx = 1; idx <= pages; idx += 400) {
          assertThat(Pages.read(snapshot, idx)).isEqualTo(Pages.of(SIZE, idx));
          assertThat(Pages.read(snapshot, idx + 1)).isEqualTo(Pages.zeros(SIZE));
        }
      }
    }
  }

  @Test
  void run_noPages_andOnlyZeros_areCommits() {
    try (var at = new Embedded(4, SIZE)) {
      assertThat(run(at, SIZE, 0).position().lsn()).isEqualTo(new Lsn(1));
      PageSource zeros = (first, pages, target) -> java.util.Arrays.fill(target, (byte) 0);
      new BulkImport(at.remote, at.concurrency, at.ids, 2)
          .run(plan(at, SIZE, 500), zeros, BulkImport.Progress.NONE);
      try (Replica replica = at.open();
          Snapshot snapshot = replica.snapshot()) {
        assertThat(snapshot.pageCount()).isEqualTo(new PageCount(500));
        assertThat(Pages.read(snapshot, 499)).isEqualTo(Pages.zeros(SIZE));
      }
    }
  }

  @Test
  void run_ontoAHead_replacesAllPages() {
    try (var at = new Embedded(5, SIZE);
        Replica writer = at.open()) {
      ReplicaContract.fill(writer, 3_000);
      run(at, SIZE, 1_000, 1);
      writer.pull();
      try (Snapshot snapshot = writer.snapshot()) {
        assertThat(snapshot.position().lsn()).isEqualTo(new Lsn(2));
        checkAll(snapshot, SIZE, 1_000, 9);
        assertThat(Pages.read(snapshot, 2_000)).isEqualTo(Pages.zeros(SIZE));
      }
      try (Transaction grow = writer.begin()) {
        Pages.write(grow, 2_500, Pages.of(SIZE, 1));
        grow.commit(CommitOptions.NONE);
      }
      try (Snapshot snapshot = writer.snapshot()) {
        assertThat(Pages.read(snapshot, 2_000)).isEqualTo(Pages.zeros(SIZE));
      }
    }
  }

  @Test
  void run_sourceFails_leavesTheVolumeAsItWas() {
    try (var at = new Embedded(6, SIZE);
        Replica replica = at.open()) {
      PageSource failing =
          (first, pages, target) -> {
            if (first > 2_000) {
              throw new IOException("planned");
            }
          };
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() ->
              new BulkImport(at.remote, at.concurrency, at.ids, 2)
                  .run(plan(at, SIZE, 9_000), failing, BulkImport.Progress.NONE))
          .withMessageContaining("planned");
      assertThat(replica.pull().pages().isEmpty()).isTrue();
    }
  }

  @Test
  void run_hotPageTwice_isMisuse() {
    try (var at = new Embedded(7, SIZE)) {
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> run(at, SIZE, 100, 5, 5));
    }
  }

  @Test
  void run_tellsItsProgressToTheEnd() {
    try (var at = new Embedded(8, SIZE)) {
      List<Long> done = new ArrayList<>();
      new BulkImport(at.remote, at.concurrency, at.ids, 2)
          .run(
              plan(at, SIZE, 5_000, 1, 2),
              source(SIZE),
              (pagesDone, pages, bytes) -> done.add(pagesDone));
      assertThat(done).isSorted().endsWith(5_000L);
    }
  }

  @Test
  void coldReplica_afterAnImport_hasHotPagesInTwoRoundsAndAColdPageInThree() {
    try (var at = new Embedded(9, SIZE)) {
      long pages = 16_000;
      long[] hot = new Random(9).longs(400, 2, pages).distinct().toArray();
      hot = LongStream.concat(LongStream.of(1), LongStream.of(hot)).toArray();
      run(at, SIZE, pages, hot);
      Counts before = at.remote.counts();
      try (Replica replica = at.open();
          Snapshot snapshot = replica.snapshot()) {
        for (long idx : hot) {
          assertThat(Pages.read(snapshot, idx)).isEqualTo(page(SIZE, idx));
        }
        Counts cost = at.remote.counts().minus(before);
        assertThat(cost.changes()).isEqualTo(1);
        assertThat(cost.rounds()).isEqualTo(2);
        assertThat(cost.reads()).isLessThanOrEqualTo(2);
        long cold =
            LongStream.range(15_000, pages).filter(p -> p % 50 != 0).findFirst().orElseThrow();
        assertThat(Pages.read(snapshot, cold)).isEqualTo(page(SIZE, cold));
        assertThat(at.remote.counts().minus(before).rounds()).isEqualTo(3);
      }
    }
  }

  @Test
  void scan_afterAnImport_needsFewReadsAndKeepsManyUnderWay() {
    try (var at = new Embedded(10, SIZE)) {
      long pages = 20_000;
      run(at, SIZE, pages, 1);
      Counts before = at.remote.counts();
      try (Replica replica = at.open();
          Snapshot snapshot = replica.snapshot()) {
        checkAll(snapshot, SIZE, pages, 1);
      }
      Counts cost = at.remote.counts().minus(before);
      // 40 MB stored in pieces of at most 8 MiB, and the first small ones.
      assertThat(cost.reads()).isLessThanOrEqualTo(18);
    }
  }

  @Test
  void scatteredReads_neverTriggerAScan() {
    try (var at = new Embedded(11, SIZE)) {
      long pages = 20_000;
      run(at, SIZE, pages, 1);
      try (Replica replica = at.open();
          Snapshot snapshot = replica.snapshot()) {
        Counts before = at.remote.counts();
        int reads = 0;
        var random = new Random(11);
        for (int i = 0; i < 200; i++) {
          long idx = 1 + random.nextLong(pages);
          if (idx % 50 != 0) {
            Pages.read(snapshot, idx);
            reads++;
          }
        }
        assertThat(at.remote.counts().minus(before).reads()).isLessThanOrEqualTo(reads);
      }
    }
  }
}
