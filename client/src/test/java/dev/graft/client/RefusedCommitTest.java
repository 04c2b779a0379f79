package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A refusal that comes before a request is looked at says nothing of an attempt before it. */
@Timeout(30)
class RefusedCommitTest {
  private static final PageSize SIZE = new PageSize(512);

  /** Commits, but its answers are lost, or it refuses, as is planned. */
  private static final class Refusing extends PassingRemote {
    /** Of the next commits: thrown after an {@code Unavailable} one has landed, before others. */
    final Deque<GraftException> planned = new ArrayDeque<>();

    Refusing(Remote target) {
      super(target);
    }

    @Override
    public CommitOutcome commit(CommitRequest request) {
      GraftException failure = planned.poll();
      if (failure == null) {
        return super.commit(request);
      }
      if (failure instanceof GraftException.Unavailable) {
        super.commit(request);
      }
      throw failure;
    }
  }

  private final Embedded at = new Embedded(7, SIZE);
  private final Refusing remote = new Refusing(at.remote);

  @AfterEach
  void close() {
    at.close();
  }

  private Replica open() {
    return Replica.open(ReplicaOptions.inMemory(remote, at.volume, at.concurrency, at.ids));
  }

  private static CommitResult commitPage(Replica replica, long seed) {
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 1, Pages.of(SIZE, seed));
      return transaction.commit(CommitOptions.NONE);
    }
  }

  private List<LogPage.Entry> log() {
    return at.remote.log(at.volume, null, 100).commits();
  }

  static Stream<GraftException> refusals() {
    return Stream.of(
        new GraftException.Limit("too many requests"),
        new GraftException.Unauthorized("the token has ended"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void commit_refusedAfterItMayHaveLanded_isNotKnownUntilItIs(GraftException refusal) {
    try (Replica replica = open();
        Transaction transaction = replica.begin()) {
      Pages.write(transaction, 1, Pages.of(SIZE, 1));
      remote.planned.add(new GraftException.Unavailable("no answer"));
      remote.planned.add(refusal);
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(GraftException.Unavailable.class)
            .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
      }
      assertThat(transaction.commit(CommitOptions.NONE))
          .isInstanceOfSatisfying(
              CommitResult.Committed.class,
              committed -> assertThat(committed.position().lsn()).isEqualTo(new Lsn(1)));
    }
    assertThat(remote.planned).isEmpty();
    assertThat(log()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void commit_refusedAtOnce_isToldAndEnds(GraftException refusal) {
    try (Replica replica = open();
        Transaction transaction = replica.begin()) {
      Pages.write(transaction, 1, Pages.of(SIZE, 1));
      remote.planned.add(refusal);
      assertThatExceptionOfType(refusal.getClass())
          .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
      assertThatExceptionOfType(GraftException.Misuse.class)
          .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
    }
    assertThat(log()).isEmpty();
  }

  @Test
  void commit_foundOutAfterItsReplicaWentElsewhere_standsOnIt() {
    try (Replica replica = open();
        Transaction transaction = replica.begin()) {
      Pages.write(transaction, 1, Pages.of(SIZE, 1));
      remote.planned.add(new GraftException.Unavailable("no answer"));
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
      // Here and given up again: the replica is not where it was, and not further either.
      commitLocally(replica, 2, 2);
      assertThat(replica.discard()).isEqualTo(1);
      assertThat(replica.status().position().lsn()).isEqualTo(Lsn.ZERO);
      assertThat(transaction.commit(CommitOptions.NONE))
          .isInstanceOfSatisfying(
              CommitResult.Committed.class,
              committed -> assertThat(committed.position().lsn()).isEqualTo(new Lsn(1)));
      assertThat(replica.status().position().lsn()).isEqualTo(new Lsn(1));
      try (Snapshot now = replica.snapshot()) {
        assertThat(Pages.read(now, 1)).isEqualTo(Pages.of(SIZE, 1));
      }
    }
    assertThat(log()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void commit_pushBeforeItIsRefused_travelsWithNobody(GraftException refusal) {
    CommitOptions merge = CommitOptions.NONE.onConflict(new Policy.Merge());
    try (Replica replica = open()) {
      commitLocally(replica, 2, 2);
      try (Transaction refused = replica.begin();
          Transaction next = replica.begin()) {
        Pages.write(refused, 1, Pages.of(SIZE, 1));
        Pages.write(next, 3, Pages.of(SIZE, 3));
        remote.planned.add(refusal);
        assertThatExceptionOfType(refusal.getClass()).isThrownBy(() -> refused.commit(merge));
        assertThat(next.commit(merge)).isInstanceOf(CommitResult.Committed.class);
      }
      assertThat(remote.planned).isEmpty();
      assertThat(log().stream().mapToInt(entry -> entry.transactions().size()).sum()).isEqualTo(2);
      try (Snapshot now = replica.snapshot()) {
        assertThat(Pages.read(now, 1)).isEqualTo(Pages.zeros(SIZE));
        assertThat(Pages.read(now, 3)).isEqualTo(Pages.of(SIZE, 3));
      }
    }
  }

  private static void commitLocally(Replica replica, long page, long seed) {
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, page, Pages.of(SIZE, seed));
      assertThat(transaction.commit(CommitOptions.NONE.with(CommitOptions.Durability.LOCAL)))
          .isInstanceOf(CommitResult.Local.class);
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void revert_refusedAfterItMayHaveLanded_isNotKnownUntilItIs(GraftException refusal) {
    try (Replica replica = open()) {
      for (int i = 1; i <= 2; i++) {
        assertThat(commitPage(replica, i)).isInstanceOf(CommitResult.Committed.class);
      }
      remote.planned.add(new GraftException.Unavailable("no answer"));
      remote.planned.add(refusal);
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(GraftException.Unavailable.class)
            .isThrownBy(() -> replica.revert(new Lsn(1), CommitOptions.NONE));
      }
      assertThat(replica.revert(new Lsn(1), CommitOptions.NONE))
          .isInstanceOfSatisfying(
              CommitResult.Committed.class,
              committed -> assertThat(committed.position().lsn()).isEqualTo(new Lsn(3)));
    }
    assertThat(log()).hasSize(3);
  }
}
