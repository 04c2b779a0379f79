package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replicas that were away while their history was given up. */
@Timeout(60)
class BelowFloorTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int PAGES = 20;
  private static final CommitOptions LOCAL = CommitOptions.NONE.with(Durability.LOCAL);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-01T00:00:00Z"));
  private final InstantSource clock = now::get;
  private final Embedded at = new Embedded(8, SIZE, clock);

  @AfterEach
  void close() {
    at.close();
  }

  private void commits(Replica replica, int count) {
    for (int i = 0; i < count; i++) {
      long lsn = replica.status().position().lsn().value() + 1;
      try (Transaction transaction = replica.begin()) {
        Pages.write(transaction, 1 + lsn % PAGES, Pages.of(SIZE, lsn));
        assertThat(transaction.commit(CommitOptions.NONE))
            .isInstanceOf(CommitResult.Committed.class);
      }
      now.updateAndGet(then -> then.plus(Duration.ofMinutes(5)));
    }
  }

  private void local(Replica replica, long page, long seed) {
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, page, Pages.of(SIZE, seed));
      assertThat(transaction.commit(LOCAL)).isInstanceOf(CommitResult.Local.class);
    }
  }

  private void raiseFloor(long lsn) {
    now.updateAndGet(then -> then.plus(Duration.ofDays(8)));
    at.remote.retain(new RetainRequest(at.volume, new Change.FloorAt(new Lsn(lsn))));
  }

  @Test
  void pull_belowTheFloorWithNothingPending_isTheWholeAfresh() {
    try (Replica writer = at.open();
        Replica away = at.open()) {
      commits(writer, 5);
      away.pull();
      for (long page = 1; page <= 6; page++) {
        Pages.read(away.snapshot(), page);
      }
      commits(writer, 65);
      raiseFloor(64);
      Changes changes = away.pull();
      assertThat(changes.whole()).isTrue();
      assertThat(changes.upto().lsn()).isEqualTo(new Lsn(70));
      assertThat(away.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
      try (Snapshot snapshot = away.snapshot()) {
        for (long page = 1; page <= PAGES; page++) {
          long last = page == 1 ? 60 : 60 + page - 1 > 70 ? 40 + page - 1 : 60 + page - 1;
          assertThat(Pages.read(snapshot, page))
              .as("page %d", page)
              .isEqualTo(Pages.of(SIZE, last));
        }
      }
      commits(away, 1);
      assertThatThrownBy(() -> away.at(new Lsn(5))).isInstanceOf(GraftException.Gone.class);
    }
  }

  @Test
  void pull_belowTheFloorWithLocalTransactions_isGoneAndLosesNothing() {
    try (Replica writer = at.open();
        Replica away = at.open()) {
      commits(writer, 5);
      away.pull();
      local(away, 3, 333);
      local(away, 4, 444);
      commits(writer, 65);
      raiseFloor(64);
      assertThatThrownBy(away::pull)
          .isInstanceOf(GraftException.Gone.class)
          .hasMessageContaining("stands at commit 5")
          .hasMessageContaining("2 local transactions")
          .hasMessageContaining("discard them and reset");
      assertGoneUntilReset(away);
    }
  }

  @Test
  void push_belowTheFloor_isGoneAndNeverLands() {
    try (Replica writer = at.open();
        Replica away = at.open()) {
      commits(writer, 5);
      away.pull();
      local(away, 3, 333);
      local(away, 4, 444);
      commits(writer, 65);
      raiseFloor(64);
      // Again and again: it is told the same, and the push does not stay open.
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> away.push(new Policy.Reject(), Progress.NONE))
            .isInstanceOf(GraftException.Gone.class)
            .hasMessageContaining("2 local transactions");
      }
      assertGoneUntilReset(away);
      writer.pull();
      assertThat(writer.status().position().lsn()).isEqualTo(new Lsn(70));
    }
  }

  private static void assertGoneUntilReset(Replica away) {
    assertThat(away.status().state()).isEqualTo(ReplicaStatus.State.GONE);
    assertThat(away.status().pending()).isEqualTo(2);
    try (Snapshot snapshot = away.snapshot()) {
      assertThat(Pages.read(snapshot, 3)).isEqualTo(Pages.of(SIZE, 333));
      assertThat(Pages.read(snapshot, 4)).isEqualTo(Pages.of(SIZE, 444));
    }
    assertThatThrownBy(away::reset).isInstanceOf(GraftException.Misuse.class);
    assertThat(away.discard()).isEqualTo(2);
    away.reset();
    assertThat(away.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
    assertThat(away.status().position().lsn()).isEqualTo(new Lsn(70));
  }
}
