package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.protocol.page.PageSize;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions whose last frame fills its segment, or goes beyond what was meant for it. */
@Timeout(60)
final class FullSegmentTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  @Test
  void commit_lastSegmentIsFull_endsWithIt() {
    var limits =
        new ReplicaOptions.Limits(2, 64 * SIZE.bytes(), 256 * 1024, 2, PrefetchBudget.NONE);
    var random = new SplittableRandom(1);
    try (var at = new Embedded(1, SIZE);
        Replica replica = Replica.open(at.options().with(limits))) {
      // Bytes that cannot be compressed: segments grow beyond the length at which one ends.
      for (int pages = 32; pages <= 192; pages += 32) {
        byte[][] contents = new byte[pages][SIZE.bytes()];
        try (Transaction transaction = replica.begin()) {
          for (int page = 0; page < pages; page++) {
            random.nextBytes(contents[page]);
            Pages.write(transaction, page + 1, contents[page]);
          }
          assertThat(transaction.commit(CommitOptions.NONE))
              .as("%d pages", pages)
              .isInstanceOf(CommitResult.Committed.class);
        }
        try (Snapshot now = replica.snapshot()) {
          assertThat(Pages.read(now, pages)).isEqualTo(contents[pages - 1]);
        }
      }
    }
  }
}
