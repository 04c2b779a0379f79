package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.LogPage;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    Refusing(EngineRemote target) {
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

  private final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final IdSource ids = new RandomIdSource(new Random(7));
  private final VolumeId volume = ids.newVolumeId();
  private final MemoryObjectStore store = new MemoryObjectStore(concurrency);
  private final EngineRemote engine =
      new EngineRemote(store, store, concurrency, ids, new Random(5), EngineOptions.DEFAULT);
  private final Refusing remote = new Refusing(engine);

  @BeforeEach
  void createVolume() {
    engine.createVolume(new CreateVolume(volume, SIZE));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private Replica open() {
    return Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids));
  }

  private static CommitResult commitPage(Replica replica, long seed) {
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 1, Pages.of(SIZE, seed));
      return transaction.commit(CommitOptions.NONE);
    }
  }

  private List<LogPage.Entry> log() {
    return engine.log(volume, null, 100).commits();
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
