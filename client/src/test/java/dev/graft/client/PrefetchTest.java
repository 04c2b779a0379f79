package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.count.DelayingRemote;
import dev.graft.client.write.BulkImport;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hot pages on their way when they are needed. */
@Timeout(60)
final class PrefetchTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  @Test
  void read_hotPageWhoseRangeIsUnderWay_waitsForItAndAsksNothing() {
    try (var at = new Embedded(21, SIZE)) {
      long[] hot = LongStream.concat(LongStream.of(1), LongStream.range(1_000, 1_300)).toArray();
      new BulkImport(at.remote, at.concurrency, at.ids, 2)
          .run(
              new BulkImport.Plan(at.volume, SIZE, new PageCount(4_000), hot, "", ""),
              (first, pages, target) -> {
                for (int i = 0; i < pages; i++) {
                  System.arraycopy(
                      Pages.of(SIZE, first + i), 0, target, i * SIZE.bytes(), SIZE.bytes());
                }
              },
              BulkImport.Progress.NONE);
      var far =
          new CountingRemote(
              new DelayingRemote(
                  at.engine, at.concurrency, Duration.ofMillis(50), Duration.ofMillis(50)));
      try (Replica replica =
              Replica.open(ReplicaOptions.inMemory(far, at.volume, at.concurrency, at.ids));
          Snapshot snapshot = replica.snapshot()) {
        for (long idx : new long[] {1, 1_299, 1_150, 1_299}) {
          assertThat(Pages.read(snapshot, idx)).isEqualTo(Pages.of(SIZE, idx));
        }
        Counts cost = far.counts();
        assertThat(cost.reads()).isEqualTo(1);
        assertThat(cost.rounds()).isEqualTo(2);
      }
    }
  }
}
