package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a replica does, wherever it keeps its pages. A subclass for each home runs it. */
@Timeout(60)
abstract class ReplicaContract {
  static final PageSize SIZE = PageSize.DEFAULT;

  final FakeRemote fake = new FakeRemote();
  final CountingRemote remote = new CountingRemote(fake);
  final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  final IdSource ids = new RandomIdSource(new Random(7));
  final VolumeId volume = ids.newVolumeId();
  private final List<Replica> opened = new ArrayList<>();

  /** Options for a home of its own. */
  abstract ReplicaOptions home(ReplicaOptions options);

  @BeforeEach
  void createVolume() {
    fake.createVolume(new CreateVolume(volume, SIZE));
  }

  @AfterEach
  void closeAll() {
    opened.forEach(Replica::close);
  }

  Replica open() {
    return open(home(ReplicaOptions.inMemory(remote, volume, concurrency, ids)));
  }

  Replica open(ReplicaOptions options) {
    Replica replica = Replica.open(options);
    opened.add(replica);
    return replica;
  }

  /** Commits pages whose contents have the given seeds. */
  static CommitResult commit(Replica replica, long firstPage, long... seeds) {
    try (Transaction transaction = replica.begin()) {
      for (int i = 0; i < seeds.length; i++) {
        Pages.write(transaction, firstPage + i, Pages.of(SIZE, seeds[i]));
      }
      return transaction.commit(CommitOptions.NONE);
    }
  }

  /** Commits that many pages from page 1 on, page n with seed n. */
  static void fill(Replica replica, int pages) {
    try (Transaction transaction = replica.begin()) {
      for (int page = 1; page <= pages; page++) {
        Pages.write(transaction, page, Pages.of(SIZE, page));
      }
      assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    }
  }

  @Test
  void open_unknownVolume_isNotFound() {
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(
            () -> open(home(ReplicaOptions.inMemory(remote, ids.newVolumeId(), concurrency, ids))));
  }

  @Test
  void open_emptyVolume_isOneRequestAndReadsZeros() {
    Counts before = remote.counts();
    Replica replica = open();
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(snapshot.pageCount()).isEqualTo(PageCount.ZERO);
      assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.zeros(SIZE));
    }
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
  }

  @Test
  void commit_firstPages_isReadByItselfWithoutARequestAndByOthersWithOne() {
    Replica writer = open();
    Counts before = remote.counts();
    assertThat(commit(writer, 1, 11, 12, 13)).isInstanceOf(CommitResult.Committed.class);
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    try (Snapshot snapshot = writer.snapshot()) {
      assertThat(Pages.read(snapshot, 2)).isEqualTo(Pages.of(SIZE, 12));
      assertThat(snapshot.position().lsn()).isEqualTo(new Lsn(1));
    }
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);

    before = remote.counts();
    Replica reader = open();
    try (Snapshot snapshot = reader.snapshot()) {
      assertThat(snapshot.pageCount()).isEqualTo(new PageCount(3));
      // The frame of page 1 came with the open.
      assertThat(Pages.read(snapshot, 3)).isEqualTo(Pages.of(SIZE, 13));
    }
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    assertThat(remote.counts().minus(before).rounds()).isEqualTo(1);
  }

  @Test
  void read_faultOfAFrame_isOneRangeReadForAllItsPages() {
    fill(open(), 400);
    Replica reader = open();
    Counts before = remote.counts();
    try (Snapshot snapshot = reader.snapshot()) {
      for (int page = 161; page <= 192; page++) {
        assertThat(Pages.read(snapshot, page)).isEqualTo(Pages.of(SIZE, page));
      }
    }
    Counts cost = remote.counts().minus(before);
    assertThat(cost.reads()).isEqualTo(1);
    assertThat(cost.requests()).isEqualTo(1);
  }

  @Test
  void read_manyThreadsOnePage_isOneRangeRead() throws Exception {
    fill(open(), 400);
    Replica reader = open();
    Counts before = remote.counts();
    try (Snapshot snapshot = reader.snapshot()) {
      List<Task<byte[]>> readers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        readers.add(concurrency.fork("reader", () -> Pages.read(snapshot, 200)));
      }
      concurrency.awaitAll(readers);
      for (Task<byte[]> each : readers) {
        assertThat(each.result()).isEqualTo(Pages.of(SIZE, 200));
      }
    }
    assertThat(remote.counts().minus(before).reads()).isEqualTo(1);
  }

  @Test
  void snapshot_pinnedBeforeACommit_doesNotChange() {
    Replica replica = open();
    commit(replica, 1, 1, 2);
    try (Snapshot old = replica.snapshot()) {
      commit(replica, 2, 22, 23);
      assertThat(Pages.read(old, 2)).isEqualTo(Pages.of(SIZE, 2));
      assertThat(old.pageCount()).isEqualTo(new PageCount(2));
      assertThat(Pages.read(old, 3)).isEqualTo(Pages.zeros(SIZE));
      try (Snapshot now = replica.snapshot()) {
        assertThat(Pages.read(now, 2)).isEqualTo(Pages.of(SIZE, 22));
        assertThat(now.generation()).isGreaterThan(old.generation());
      }
    }
  }

  @Test
  void transaction_beforeItsCommit_readsItsOwnWritesAndNobodyElseDoes() {
    Replica replica = open();
    commit(replica, 1, 1, 2, 3);
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      Pages.write(transaction, 9, Pages.of(SIZE, 99));
      assertThat(Pages.read(transaction, 2)).isEqualTo(Pages.of(SIZE, 22));
      assertThat(Pages.read(transaction, 8)).isEqualTo(Pages.zeros(SIZE));
      assertThat(Pages.read(transaction, 1)).isEqualTo(Pages.of(SIZE, 1));
      assertThat(transaction.pageCount()).isEqualTo(new PageCount(9));
      assertThat(transaction.writeSet()).isEqualTo(PageSet.of(2, 9));
      assertThat(transaction.readSet()).isEqualTo(PageSet.of(1, 2, 8));
      try (Snapshot snapshot = replica.snapshot()) {
        assertThat(Pages.read(snapshot, 2)).isEqualTo(Pages.of(SIZE, 2));
      }
    }
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(snapshot.position().lsn()).isEqualTo(new Lsn(1));
    }
  }

  @Test
  void transaction_truncatedAndGrown_readsZerosInBetween() {
    Replica replica = open();
    fill(replica, 10);
    try (Transaction transaction = replica.begin()) {
      transaction.truncate(new PageCount(4));
      Pages.write(transaction, 8, Pages.of(SIZE, 88));
      assertThat(Pages.read(transaction, 6)).isEqualTo(Pages.zeros(SIZE));
      assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    }
    for (Replica each : List.of(replica, open())) {
      try (Snapshot snapshot = each.snapshot()) {
        assertThat(snapshot.pageCount()).isEqualTo(new PageCount(8));
        assertThat(Pages.read(snapshot, 4)).isEqualTo(Pages.of(SIZE, 4));
        assertThat(Pages.read(snapshot, 6)).isEqualTo(Pages.zeros(SIZE));
        assertThat(Pages.read(snapshot, 8)).isEqualTo(Pages.of(SIZE, 88));
        assertThat(Pages.read(snapshot, 10)).isEqualTo(Pages.zeros(SIZE));
      }
    }
  }

  @Test
  void commit_pageOfZeros_readsAsZeros() {
    Replica replica = open();
    fill(replica, 3);
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 2, Pages.zeros(SIZE));
      transaction.commit(CommitOptions.NONE);
    }
    for (Replica each : List.of(replica, open())) {
      try (Snapshot snapshot = each.snapshot()) {
        assertThat(Pages.read(snapshot, 2)).isEqualTo(Pages.zeros(SIZE));
        assertThat(Pages.read(snapshot, 3)).isEqualTo(Pages.of(SIZE, 3));
      }
    }
  }

  @Test
  void commit_nothingStaged_makesNoRequest() {
    Replica replica = open();
    Counts before = remote.counts();
    try (Transaction transaction = replica.begin()) {
      assertThat(transaction.isEmpty()).isTrue();
      assertThat(transaction.commit(CommitOptions.NONE)).isEqualTo(new CommitResult.Nothing());
    }
    assertThat(remote.counts().minus(before).requests()).isZero();
  }

  @Test
  void commit_ofTheSecondOfTwo_isAConflictThatTellsWhatChanged() {
    Replica first = open();
    fill(first, 5);
    Replica second = open();
    commit(first, 3, 33);
    Counts before = remote.counts();
    CommitResult result = commit(second, 4, 44);
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    assertThat(result)
        .isInstanceOfSatisfying(
            CommitResult.Conflict.class,
            conflict -> {
              assertThat(conflict.head().lsn()).isEqualTo(new Lsn(2));
              assertThat(conflict.changes().pages()).isEqualTo(PageSet.of(3));
            });
    assertThat(second.status().state()).isEqualTo(ReplicaStatus.State.BEHIND);
    try (Snapshot snapshot = second.snapshot()) {
      assertThat(snapshot.position().lsn()).isEqualTo(new Lsn(1));
    }
    second.pull();
    assertThat(commit(second, 4, 44)).isInstanceOf(CommitResult.Committed.class);
    try (Snapshot snapshot = second.snapshot()) {
      assertThat(Pages.read(snapshot, 3)).isEqualTo(Pages.of(SIZE, 33));
      assertThat(Pages.read(snapshot, 4)).isEqualTo(Pages.of(SIZE, 44));
    }
  }

  @Test
  void commit_answerLost_isFoundOutByRepeatingIt() {
    Replica replica = open();
    Transaction transaction = replica.begin();
    Pages.write(transaction, 1, Pages.of(SIZE, 5));
    fake.lostCommitAnswers = 1;
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
    assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    assertThat(replica.log(10).commits()).hasSize(1);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.of(SIZE, 5));
    }
  }

  @Test
  void commit_answerLostAndPulledMeanwhile_isStillItsOwn() {
    Replica replica = open();
    Transaction transaction = replica.begin();
    Pages.write(transaction, 1, Pages.of(SIZE, 5));
    fake.lostCommitAnswers = 1;
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
    replica.pull();
    assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    assertThat(replica.status().position().lsn()).isEqualTo(new Lsn(1));
  }

  @Test
  void commit_afterItsEnd_isMisuse() {
    Replica replica = open();
    Transaction transaction = replica.begin();
    Pages.write(transaction, 1, Pages.of(SIZE, 5));
    transaction.commit(CommitOptions.NONE);
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> transaction.commit(CommitOptions.NONE));
  }

  @Test
  void commit_moreThanFitsTheCommit_goesIntoSegments() {
    Replica writer = open();
    Counts before = remote.counts();
    fill(writer, 200);
    assertThat(remote.counts().minus(before).uploads()).isEqualTo(1);
    Replica reader = open();
    for (Replica each : List.of(writer, reader)) {
      try (Snapshot snapshot = each.snapshot()) {
        for (int page = 1; page <= 200; page += 7) {
          assertThat(Pages.read(snapshot, page)).isEqualTo(Pages.of(SIZE, page));
        }
      }
    }
  }

  @Test
  void commit_manySmallSegmentsAndWindows_isReadBack() {
    var small =
        new ReplicaOptions.Limits(12, 64 * SIZE.bytes(), 300 * 1024, 3, PrefetchBudget.DEFAULT);
    Replica writer =
        open(home(ReplicaOptions.inMemory(remote, volume, concurrency, ids)).with(small));
    try (Transaction transaction = writer.begin()) {
      for (long page = 1; page < 300_000; page += 233) {
        Pages.write(transaction, page, Pages.of(SIZE, page));
      }
      transaction.commit(CommitOptions.NONE);
    }
    Replica reader = open();
    for (Replica each : List.of(writer, reader)) {
      try (Snapshot snapshot = each.snapshot()) {
        for (long page = 1; page < 300_000; page += 233 * 5) {
          assertThat(Pages.read(snapshot, page)).isEqualTo(Pages.of(SIZE, page));
          assertThat(Pages.read(snapshot, page + 1)).isEqualTo(Pages.zeros(SIZE));
        }
      }
    }
  }

  @Test
  void pull_nothingNew_isOneRequestAndNoMove() {
    Replica replica = open();
    List<Long> moves = new ArrayList<>();
    replica.onMove((from, to, changes, descendant, own, merged) -> moves.add(to.generation()));
    Counts before = remote.counts();
    assertThat(replica.pull().pages().isEmpty()).isTrue();
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    assertThat(moves).isEmpty();
  }

  @Test
  void pull_behind_movesByMetadataOnlyAndTellsBeforeAnybodySees() {
    Replica writer = open();
    fill(writer, 40);
    Replica reader = open();
    commit(writer, 7, 77);
    commit(writer, 41, 41, 42);
    List<Changes> told = new ArrayList<>();
    reader.onMove((from, to, changes, descendant, own, merged) -> {
      assertThat(descendant).isTrue();
      assertThat(own).isNull();
      assertThat(reader.status().position()).isEqualTo(from.position());
      assertThat(to.generation()).isGreaterThan(from.generation());
      told.add(changes);
    });
    Counts before = remote.counts();
    Changes changes = reader.pull();
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    assertThat(changes.pages()).isEqualTo(PageSet.of(7, 41, 42));
    assertThat(told).containsExactly(changes);
    try (Snapshot snapshot = reader.snapshot()) {
      assertThat(Pages.read(snapshot, 7)).isEqualTo(Pages.of(SIZE, 77));
      assertThat(Pages.read(snapshot, 42)).isEqualTo(Pages.of(SIZE, 42));
      assertThat(Pages.read(snapshot, 8)).isEqualTo(Pages.of(SIZE, 8));
    }
  }

  @Test
  void pull_truncated_countsWhatWasCutAsChanged() {
    Replica writer = open();
    fill(writer, 10);
    Replica reader = open();
    try (Transaction transaction = writer.begin()) {
      transaction.truncate(new PageCount(6));
      transaction.commit(CommitOptions.NONE);
    }
    assertThat(reader.pull().pages()).isEqualTo(PageSet.ofRange(7, 10));
  }

  @Test
  void pull_diverged_saysSoUntilReset() {
    Replica writer = open();
    fill(writer, 3);
    Replica lost = open();
    commit(writer, 1, 100);
    lost.pull();
    fake.rewind(volume, 1);
    Replica other = open();
    commit(other, 1, 200);
    assertThatExceptionOfType(GraftException.Diverged.class)
        .isThrownBy(lost::pull)
        .withMessageContaining("reset");
    assertThat(lost.status().state()).isEqualTo(ReplicaStatus.State.DIVERGED);
    List<Boolean> descendants = new ArrayList<>();
    lost.onMove((from, to, changes, descendant, own, merged) -> descendants.add(descendant));
    assertThat(lost.reset().whole()).isTrue();
    assertThat(descendants).containsExactly(false);
    assertThat(lost.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
    try (Snapshot snapshot = lost.snapshot()) {
      assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.of(SIZE, 200));
    }
  }

  @Test
  void at_pastLsnAndTime_readsThePastAndLeavesTheCurrentOne() {
    Replica replica = open();
    commit(replica, 1, 1);
    commit(replica, 1, 2);
    java.time.Instant second = replica.status().time();
    commit(replica, 1, 3);
    Replica reader = open();
    Counts before = remote.counts();
    try (Snapshot past = reader.at(new Lsn(1))) {
      assertThat(Pages.read(past, 1)).isEqualTo(Pages.of(SIZE, 1));
    }
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    try (Snapshot past = reader.at(second)) {
      assertThat(Pages.read(past, 1)).isEqualTo(Pages.of(SIZE, 2));
    }
    try (Snapshot now = reader.snapshot()) {
      assertThat(Pages.read(now, 1)).isEqualTo(Pages.of(SIZE, 3));
    }
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(() -> reader.at(new Lsn(9)))
        .withMessageContaining("its newest is 3");
  }

  @Test
  void read_objectGone_takesTheNewPlacesOnce() {
    Replica writer = open();
    fill(writer, 100);
    Replica reader = open();
    FrameOwner old = fake.objects.keySet().iterator().next();
    Compaction.move(fake, volume, old, ids.newSegmentId(java.time.Instant.now()));
    Counts before = remote.counts();
    try (Snapshot snapshot = reader.snapshot()) {
      assertThat(Pages.read(snapshot, 99)).isEqualTo(Pages.of(SIZE, 99));
      assertThat(Pages.read(snapshot, 50)).isEqualTo(Pages.of(SIZE, 50));
    }
    // One read that misses, one question, one read each.
    Counts cost = remote.counts().minus(before);
    assertThat(cost.changes()).isEqualTo(1);
    assertThat(cost.reads()).isEqualTo(3);
  }

  @Test
  void read_objectGoneForGood_isUnavailable() {
    Replica writer = open();
    fill(writer, 100);
    Replica reader = open();
    fake.objects.clear();
    try (Snapshot snapshot = reader.snapshot()) {
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> Pages.read(snapshot, 99));
    }
  }

  @Test
  void read_damagedObject_isCorruptAndNothingIsServed() {
    Replica writer = open();
    fill(writer, 100);
    Replica reader = open();
    byte[] object = fake.objects.values().iterator().next();
    for (int i = 200; i < object.length; i += 1000) {
      object[i] ^= 1;
    }
    try (Snapshot snapshot = reader.snapshot()) {
      assertThatExceptionOfType(GraftException.Corrupt.class)
          .isThrownBy(() -> Pages.read(snapshot, 99));
    }
  }

  @Test
  void read_remoteDoesNotAnswer_worksTheNextTime() {
    Replica writer = open();
    fill(writer, 100);
    Replica reader = open();
    fake.refusedRequests = 1;
    try (Snapshot snapshot = reader.snapshot()) {
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> Pages.read(snapshot, 99));
      assertThat(Pages.read(snapshot, 99)).isEqualTo(Pages.of(SIZE, 99));
    }
  }

  @Test
  void read_manyThreadsAndTheFirstReadFails_allAreAnsweredByAnother() throws Exception {
    fill(open(), 400);
    Replica reader = open();
    fake.refusedRequests = 1;
    try (Snapshot snapshot = reader.snapshot()) {
      List<Task<byte[]>> readers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        readers.add(concurrency.fork("reader", () -> Pages.read(snapshot, 200)));
      }
      concurrency.awaitAll(readers);
      int failed = 0;
      for (Task<byte[]> each : readers) {
        try {
          assertThat(each.result()).isEqualTo(Pages.of(SIZE, 200));
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(GraftException.Unavailable.class);
          failed++;
        }
      }
      // Only the one whose own request failed is told so.
      assertThat(failed).isEqualTo(1);
    }
  }

  @Test
  void status_tellsWhatIsHere() {
    fill(open(), 400);
    Replica reader = open();
    long carried = reader.status().pagesHere();
    assertThat(carried).isEqualTo(32);
    try (Snapshot snapshot = reader.snapshot()) {
      Pages.read(snapshot, 200);
    }
    ReplicaStatus status = reader.status();
    assertThat(status.pagesHere()).isEqualTo(64);
    assertThat(status.bytesHere()).isGreaterThanOrEqualTo(64L * SIZE.bytes());
    assertThat(status.pageCount()).isEqualTo(new PageCount(400));
    assertThat(status.requests()).isEqualTo(2);
    assertThat(status.rounds()).isEqualTo(2);
  }

  @Test
  void close_thenUse_isMisuse() {
    Replica replica = open();
    fill(replica, 3);
    Snapshot snapshot = replica.snapshot();
    replica.close();
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(replica::snapshot);
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> Pages.read(snapshot, 1));
  }
}
