package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.page.PageSize;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that put nothing into a commit itself: the smallest transaction names a segment. */
@Timeout(60)
final class SmallSegmentTest {
  private static final PageSize SIZE = PageSize.DEFAULT;

  @Test
  void commit_nothingInline_goesIntoASegmentAndIsRead() {
    var limits = ReplicaOptions.Limits.DEFAULT.withInlineBytes(0);
    byte[] content = new byte[SIZE.bytes()];
    new SplittableRandom(2).nextBytes(content);
    try (var at = new Embedded(1, SIZE);
        Replica replica = Replica.open(at.options().with(limits))) {
      try (Transaction transaction = replica.begin()) {
        Pages.write(transaction, 7, content);
        transaction.commit(CommitOptions.NONE);
      }
      try (Transaction transaction = replica.begin()) {
        Pages.write(transaction, 8, content);
        transaction.commit(CommitOptions.NONE.with(CommitOptions.Durability.LOCAL));
      }
      replica.push(new Policy.Reject());
      try (Replica other = Replica.open(at.options());
          Snapshot there = other.snapshot()) {
        assertThat(Pages.read(there, 7)).isEqualTo(content);
        assertThat(Pages.read(there, 8)).isEqualTo(content);
      }
      assertThat(at.remote.counts().uploads()).isEqualTo(2);
    }
  }

  /** Nothing has told it the time since it was opened again, and its own clock is wrong. */
  @Test
  void commit_reopenedWhereTheClockIsWrong_asksForTheTimeFirst(@TempDir Path folder) {
    var limits = ReplicaOptions.Limits.DEFAULT.withInlineBytes(0);
    var wrong = new ThreadConcurrency(() -> Instant.now().minus(Duration.ofMinutes(20)));
    byte[] content = new byte[SIZE.bytes()];
    content[0] = 1;
    try (var at = new Embedded(1, SIZE)) {
      ReplicaOptions options =
          ReplicaOptions.inMemory(at.remote, at.volume, wrong, at.ids).on(folder).with(limits);
      Replica.open(options).close();
      try (Replica again = Replica.open(options);
          Transaction transaction = again.begin()) {
        Pages.write(transaction, 1, content);
        assertThat(transaction.commit(CommitOptions.NONE))
            .isInstanceOf(CommitResult.Committed.class);
      }
    }
  }
}
