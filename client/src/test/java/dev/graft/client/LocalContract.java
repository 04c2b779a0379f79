package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.count.DelayingRemote;
import dev.graft.client.fetch.Waits;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.RangeOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a replica does with local transactions, wherever it keeps them. */
@Timeout(60)
abstract class LocalContract {
  static final PageSize SIZE = PageSize.DEFAULT;
  static final CommitOptions LOCAL = CommitOptions.NONE.with(Durability.LOCAL);

  final FakeRemote fake = new FakeRemote();
  final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  final CountingRemote remote =
      new CountingRemote(RemoteUnderTest.chosen().passing(fake, concurrency, fake.objects::get));
  final IdSource ids = new RandomIdSource(new Random(11));
  final VolumeId volume = ids.newVolumeId();
  final List<Replica> opened = new ArrayList<>();

  /** Options for a home of its own. */
  abstract ReplicaOptions home(ReplicaOptions options);

  @BeforeEach
  void createVolume() {
    fake.createVolume(new CreateVolume(volume, SIZE));
  }

  @AfterEach
  void closeAll() {
    opened.forEach(Replica::close);
    remote.close();
  }

  Replica open() {
    return open(home(ReplicaOptions.inMemory(remote, volume, concurrency, ids)));
  }

  Replica open(ReplicaOptions options) {
    Replica replica = Replica.open(options);
    opened.add(replica);
    return replica;
  }

  /** Writes pages whose contents have the given seeds. */
  static CommitResult write(Replica replica, CommitOptions how, long firstPage, long... seeds) {
    try (Transaction transaction = replica.begin()) {
      for (int i = 0; i < seeds.length; i++) {
        Pages.write(transaction, firstPage + i, Pages.of(SIZE, seeds[i]));
      }
      return transaction.commit(how);
    }
  }

  static void local(Replica replica, long firstPage, long... seeds) {
    assertThat(write(replica, LOCAL, firstPage, seeds)).isInstanceOf(CommitResult.Local.class);
  }

  static void committed(Replica replica, long firstPage, long... seeds) {
    assertThat(write(replica, CommitOptions.NONE, firstPage, seeds))
        .isInstanceOf(CommitResult.Committed.class);
  }

  static void assertPage(Replica replica, long page, long seed) {
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(Pages.read(snapshot, page)).as("page " + page).isEqualTo(Pages.of(SIZE, seed));
    }
  }

  @Test
  void commitLocal_withoutARemote_isSeenAndAsksNothing() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    Counts before = remote.counts();
    fake.refusedRequests = Integer.MAX_VALUE;
    assertThat(write(replica, LOCAL, 2, 22)).isEqualTo(new CommitResult.Local(1));
    assertThat(write(replica, LOCAL, 4, 44)).isEqualTo(new CommitResult.Local(2));
    assertPage(replica, 1, 1);
    assertPage(replica, 2, 22);
    assertPage(replica, 4, 44);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(snapshot.pending()).isEqualTo(2);
      assertThat(snapshot.position().lsn()).isEqualTo(new Lsn(1));
      assertThat(snapshot.pageCount()).isEqualTo(new PageCount(4));
    }
    ReplicaStatus status = replica.status();
    assertThat(status.state()).isEqualTo(ReplicaStatus.State.AHEAD);
    assertThat(status.pending()).isEqualTo(2);
    assertThat(status.pendingBytes()).isPositive();
    assertThat(remote.counts().minus(before).requests()).isZero();
  }

  @Test
  void commitLocal_pinnedBefore_seesNothingOfIt() {
    Replica replica = open();
    committed(replica, 1, 1);
    try (Snapshot before = replica.snapshot()) {
      local(replica, 1, 11);
      assertThat(Pages.read(before, 1)).isEqualTo(Pages.of(SIZE, 1));
      assertPage(replica, 1, 11);
    }
  }

  @Test
  void pending_ofLocalCommits_tellsWhatTheyAre() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    Mutation mutation = new Mutation("add", new byte[] {7});
    try (Transaction transaction = replica.begin()) {
      Pages.read(transaction, 3);
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      Pages.write(transaction, 1, Pages.zeros(SIZE));
      transaction.commit(
          new CommitOptions("ann", "adds", page -> false).with(Durability.LOCAL).with(mutation));
    }
    PendingCommit pending = replica.pending().getFirst();
    assertThat(pending.author()).isEqualTo("ann");
    assertThat(pending.message()).isEqualTo("adds");
    assertThat(pending.readSet()).isEqualTo(PageSet.of(3));
    assertThat(pending.writeSet()).isEqualTo(PageSet.of(1, 2));
    assertThat(pending.mutation().map(Mutation::name)).isEqualTo(Optional.of("add"));
    assertThat(pending.bytes()).isPositive();
  }

  @Test
  void commitLocal_nothingStaged_isNoCommit() {
    Replica replica = open();
    try (Transaction transaction = replica.begin()) {
      assertThat(transaction.commit(LOCAL)).isInstanceOf(CommitResult.Nothing.class);
    }
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 1, Pages.of(SIZE, 1));
    }
    assertThat(replica.pending()).isEmpty();
    assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Nothing.class);
  }

  @Test
  void commitLocal_anotherCameFirst_isAConflictAndLeavesNothing() {
    Replica replica = open();
    committed(replica, 1, 1, 2);
    try (Transaction late = replica.begin()) {
      Pages.write(late, 2, Pages.of(SIZE, 22));
      local(replica, 1, 11);
      assertThat(late.commit(LOCAL)).isInstanceOf(CommitResult.Conflict.class);
    }
    assertPage(replica, 2, 2);
    assertThat(replica.pending()).hasSize(1);
  }

  @Test
  void commitLocal_mergeOfDisjointWork_keepsBoth() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    List<Boolean> merged = new ArrayList<>();
    replica.onMove((from, to, changes, descendant, own, wasMerged) -> merged.add(wasMerged));
    try (Transaction late = replica.begin()) {
      Pages.read(late, 3);
      Pages.write(late, 2, Pages.of(SIZE, 22));
      local(replica, 1, 11);
      assertThat(late.commit(LOCAL.onConflict(new Policy.Merge())))
          .isEqualTo(new CommitResult.Local(2));
      // It reads on as it did.
      assertThat(Pages.read(late, 1)).isEqualTo(Pages.of(SIZE, 1));
      assertThat(Pages.read(late, 2)).isEqualTo(Pages.of(SIZE, 22));
    }
    assertThat(merged).containsExactly(false, true);
    assertPage(replica, 1, 11);
    assertPage(replica, 2, 22);
  }

  @Test
  void commitLocal_mergeOfWriteSkew_isRefused() {
    Replica replica = open();
    committed(replica, 1, 1, 2);
    try (Transaction one = replica.begin();
        Transaction other = replica.begin()) {
      Pages.read(one, 1);
      Pages.write(one, 2, Pages.of(SIZE, 22));
      Pages.read(other, 2);
      Pages.write(other, 1, Pages.of(SIZE, 11));
      CommitOptions merge = LOCAL.onConflict(new Policy.Merge());
      assertThat(one.commit(merge)).isInstanceOf(CommitResult.Local.class);
      assertThat(other.commit(merge)).isInstanceOf(CommitResult.Conflict.class);
    }
    assertPage(replica, 1, 1);
  }

  @Test
  void push_localCommits_isOneCommitWithAllOfThem() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    local(replica, 1, 11);
    local(replica, 2, 22, 33);
    local(replica, 1, 111);
    List<Long> moves = new ArrayList<>();
    replica.onMove((from, to, changes, descendant, own, merged) -> moves.add(to.generation()));
    Counts before = remote.counts();
    long content;
    try (Snapshot snapshot = replica.snapshot()) {
      content = snapshot.generation();
    }
    assertThat(replica.push(new Policy.Reject()))
        .isInstanceOfSatisfying(
            PushResult.Pushed.class,
            pushed -> {
              assertThat(pushed.transactions()).isEqualTo(3);
              assertThat(pushed.commits()).isEqualTo(1);
              assertThat(pushed.position().lsn()).isEqualTo(new Lsn(2));
            });
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    try (Snapshot snapshot = replica.snapshot()) {
      assertThat(snapshot.pending()).isZero();
      assertThat(snapshot.position().lsn()).isEqualTo(new Lsn(2));
      assertThat(snapshot.generation()).isEqualTo(content);
    }
    assertThat(moves).isEmpty();
    assertPage(replica, 1, 111);
    assertPage(replica, 3, 33);
    assertThat(remote.counts().minus(before).requests()).isEqualTo(1);
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
    assertThat(fake.log(volume, null, 1).commits().getFirst().transactions())
        .extracting(TransactionRecord::key)
        .hasSize(3);
    Replica other = open();
    assertPage(other, 1, 111);
    assertPage(other, 2, 22);
  }

  @Test
  void push_transactionBegunBefore_canStillCommit() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    local(replica, 1, 11);
    try (Transaction transaction = replica.begin()) {
      replica.push(new Policy.Reject());
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      assertThat(transaction.commit(LOCAL)).isInstanceOf(CommitResult.Local.class);
    }
    assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
    Replica other = open();
    assertPage(other, 1, 11);
    assertPage(other, 2, 22);
  }

  @Test
  void push_othersWereFirst_isAConflictAndNothingIsLost() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    local(replica, 1, 11);
    Replica other = open();
    committed(other, 3, 333);
    assertThat(replica.push(new Policy.Reject()))
        .isInstanceOfSatisfying(
            PushResult.Conflict.class,
            conflict -> {
              assertThat(conflict.pending()).isEqualTo(1);
              assertThat(conflict.head().lsn()).isEqualTo(new Lsn(2));
              assertThat(conflict.changes().pages()).isEqualTo(PageSet.of(3));
            });
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.AHEAD_AND_BEHIND);
    assertPage(replica, 1, 11);
    assertPage(replica, 3, 3);
    assertThat(replica.pull().pages().isEmpty()).isTrue();
    assertPage(replica, 3, 3);
    assertThatExceptionOfType(GraftException.Misuse.class).isThrownBy(replica::reset);
    assertThat(replica.discard()).isEqualTo(1);
    assertPage(replica, 1, 1);
    replica.pull();
    assertPage(replica, 3, 333);
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
  }

  @Test
  void push_largeTransaction_goesAsSegmentsAndReadsBack() {
    Replica replica = open();
    long[] seeds = new long[600];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = 1000 + i;
    }
    local(replica, 1, seeds);
    local(replica, 5, 55);
    assertPage(replica, 5, 55);
    assertPage(replica, 6, 1005);
    assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
    Replica other = open();
    for (long page : new long[] {1, 4, 5, 6, 300, 600}) {
      assertPage(replica, page, page == 5 ? 55 : 999 + page);
      assertPage(other, page, page == 5 ? 55 : 999 + page);
    }
  }

  @Test
  void push_truncatedAndGrown_leavesWhatItLeftHere() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3, 4, 5);
    try (Transaction cut = replica.begin()) {
      cut.truncate(new PageCount(2));
      cut.commit(LOCAL);
    }
    local(replica, 4, 44);
    try (Transaction zero = replica.begin()) {
      Pages.write(zero, 1, Pages.zeros(SIZE));
      zero.commit(LOCAL);
    }
    replica.push(new Policy.Reject());
    Replica other = open();
    for (Replica each : List.of(replica, other)) {
      try (Snapshot snapshot = each.snapshot()) {
        assertThat(snapshot.pageCount()).isEqualTo(new PageCount(4));
        assertThat(Pages.read(snapshot, 1)).isEqualTo(Pages.zeros(SIZE));
        assertThat(Pages.read(snapshot, 2)).isEqualTo(Pages.of(SIZE, 2));
        assertThat(Pages.read(snapshot, 3)).isEqualTo(Pages.zeros(SIZE));
        assertThat(Pages.read(snapshot, 4)).isEqualTo(Pages.of(SIZE, 44));
        assertThat(Pages.read(snapshot, 5)).isEqualTo(Pages.zeros(SIZE));
      }
    }
  }

  @Test
  void push_moreTransactionsThanOneCommitLists_isSeveralCommitsInOrder() {
    Replica replica = open();
    committed(replica, 1, 1);
    int transactions = 300;
    for (int i = 1; i <= transactions; i++) {
      local(replica, 1, 1000 + i);
    }
    assertThat(replica.push(new Policy.Reject()))
        .isInstanceOfSatisfying(
            PushResult.Pushed.class,
            pushed -> {
              assertThat(pushed.transactions()).isEqualTo(transactions);
              assertThat(pushed.commits()).isEqualTo(2);
            });
    assertPage(open(), 1, 1000 + transactions);
  }

  @Test
  void push_answerIsLost_isResumedUnchangedAndLandsOnce() {
    Replica replica = open();
    committed(replica, 1, 1, 2);
    local(replica, 1, 11);
    fake.lostCommitAnswers = 1;
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> replica.push(new Policy.Reject()));
    assertThatExceptionOfType(GraftException.Unavailable.class).isThrownBy(replica::discard);
    local(replica, 2, 22);
    assertThat(replica.push(new Policy.Reject()))
        .isInstanceOfSatisfying(
            PushResult.Pushed.class, pushed -> assertThat(pushed.commits()).isEqualTo(2));
    assertThat(fake.log(volume, null, 10).commits()).hasSize(3);
    assertPage(open(), 1, 11);
    assertPage(open(), 2, 22);
  }

  @Test
  void snapshot_pinnedBeforeThePush_readsItsLocalPagesOn() {
    Replica replica = open();
    committed(replica, 1, 1);
    local(replica, 1, 11);
    local(replica, 2, 22);
    try (Snapshot pinned = replica.snapshot()) {
      replica.push(new Policy.Reject());
      local(replica, 1, 111);
      replica.push(new Policy.Reject());
      assertThat(Pages.read(pinned, 1)).isEqualTo(Pages.of(SIZE, 11));
      assertThat(Pages.read(pinned, 2)).isEqualTo(Pages.of(SIZE, 22));
    }
  }

  @Test
  void commitRemote_localCommitsWait_pushesThemFirst() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    local(replica, 1, 11);
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      assertThat(transaction.commit(CommitOptions.NONE))
          .isInstanceOfSatisfying(
              CommitResult.Committed.class,
              done -> assertThat(done.position().lsn()).isEqualTo(new Lsn(3)));
    }
    assertThat(replica.pending()).isEmpty();
    Replica other = open();
    for (Replica each : List.of(replica, other)) {
      assertPage(each, 1, 11);
      assertPage(each, 2, 22);
      assertPage(each, 3, 3);
    }
  }

  @Test
  void commitRemote_localCommitsMeetOthers_isAConflictAndKeepsThem() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    Replica other = open();
    local(replica, 1, 11);
    committed(other, 2, 222);
    assertThat(write(replica, CommitOptions.NONE, 3, 33)).isInstanceOf(CommitResult.Conflict.class);
    assertThat(replica.pending()).hasSize(1);
    assertPage(replica, 3, 3);
  }

  @Test
  void commitRemote_mergeWithOthers_landsOnTheirHead() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    Replica other = open();
    committed(other, 1, 11);
    List<Boolean> merged = new ArrayList<>();
    replica.onMove((from, to, changes, descendant, own, wasMerged) -> {
      assertThat(own).isNotNull();
      assertThat(changes.pages()).isEqualTo(PageSet.of(1, 2));
      merged.add(wasMerged);
    });
    try (Transaction transaction = replica.begin()) {
      Pages.read(transaction, 3);
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      assertThat(transaction.commit(CommitOptions.NONE.onConflict(new Policy.Merge())))
          .isInstanceOfSatisfying(
              CommitResult.Committed.class,
              done -> assertThat(done.position().lsn()).isEqualTo(new Lsn(3)));
      assertThat(Pages.read(transaction, 1)).isEqualTo(Pages.of(SIZE, 1));
      assertThat(Pages.read(transaction, 2)).isEqualTo(Pages.of(SIZE, 22));
    }
    assertThat(merged).containsExactly(true);
    assertPage(replica, 1, 11);
    assertPage(replica, 2, 22);
    assertThat(fake.log(volume, null, 1).commits().getFirst().snapshot()).isEqualTo(new Lsn(1));
  }

  @Test
  void commitRemote_mergeOfWriteSkew_isAConflict() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    Replica other = open();
    committed(other, 1, 11);
    try (Transaction transaction = replica.begin()) {
      Pages.read(transaction, 1);
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      assertThat(transaction.commit(CommitOptions.NONE.onConflict(new Policy.Merge())))
          .isInstanceOf(CommitResult.Conflict.class);
    }
    replica.pull();
    assertPage(replica, 2, 2);
  }

  @Test
  void commitRemote_answerLost_isFoundOutByTheSameCall() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 2, Pages.of(SIZE, 22));
      fake.lostCommitAnswers = 1;
      CommitOptions merge = CommitOptions.NONE.onConflict(new Policy.Merge());
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .isThrownBy(() -> transaction.commit(merge));
      assertThat(transaction.commit(merge)).isInstanceOf(CommitResult.Committed.class);
    }
    assertThat(fake.log(volume, null, 9).commits()).hasSize(2);
    assertPage(replica, 2, 22);
  }

  @Test
  void commitRemote_manyThreadsWithMerge_travelTogether() {
    int writers = 24;
    DelayingRemote slow =
        new DelayingRemote(remote, concurrency, Duration.ZERO, Duration.ofMillis(40));
    Replica replica = open(home(ReplicaOptions.inMemory(slow, volume, concurrency, ids)));
    long[] seeds = new long[writers];
    committed(replica, 1, seeds);
    Counts before = remote.counts();
    List<Transaction> transactions = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      Transaction transaction = replica.begin();
      Pages.write(transaction, 1 + i, Pages.of(SIZE, 100 + i));
      transactions.add(transaction);
    }
    CommitOptions merge = CommitOptions.NONE.onConflict(new Policy.Merge());
    List<Task<CommitResult>> tasks = new ArrayList<>();
    for (Transaction transaction : transactions) {
      tasks.add(concurrency.fork("writer", () -> transaction.commit(merge)));
    }
    for (Task<CommitResult> task : tasks) {
      assertThat(Waits.result(concurrency, task)).isInstanceOf(CommitResult.Committed.class);
    }
    transactions.forEach(Transaction::close);
    long puts = remote.counts().minus(before).commits();
    System.out.println(writers + " writers with merge: " + puts + " commits");
    assertThat(puts).isLessThanOrEqualTo(4);
    Replica other = open();
    for (int i = 0; i < writers; i++) {
      assertPage(replica, 1 + i, 100 + i);
      assertPage(other, 1 + i, 100 + i);
    }
  }

  @Test
  void commitRemote_groupWithMembersThatMeet_mergesTheFirstAndTellsTheOthers() {
    DelayingRemote slow =
        new DelayingRemote(remote, concurrency, Duration.ZERO, Duration.ofMillis(20));
    Replica replica = open(home(ReplicaOptions.inMemory(slow, volume, concurrency, ids)));
    committed(replica, 1, 1, 2);
    CommitOptions merge = CommitOptions.NONE.onConflict(new Policy.Merge());
    List<Task<CommitResult>> tasks = new ArrayList<>();
    List<Transaction> begun = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Transaction transaction = replica.begin();
      Pages.read(transaction, 1);
      Pages.write(transaction, 1, Pages.of(SIZE, 100 + i));
      begun.add(transaction);
    }
    for (Transaction transaction : begun) {
      tasks.add(
          concurrency.fork(
              "writer",
              () -> {
                try (transaction) {
                  return transaction.commit(merge);
                }
              }));
    }
    List<CommitResult> results = new ArrayList<>();
    tasks.forEach(task -> results.add(Waits.result(concurrency, task)));
    assertThat(results).filteredOn(CommitResult.Committed.class::isInstance).hasSize(1);
    assertThat(results).filteredOn(CommitResult.Conflict.class::isInstance).hasSize(5);
    assertThat(fake.log(volume, null, 9).commits()).hasSize(2);
  }

  @Test
  void commitLocal_manyThreads_shareSyncs() {
    int writers = 16;
    int each = 8;
    Replica replica = open();
    committed(replica, 1, new long[writers]);
    // Where a sync takes no time threads may happen to miss each other: then they try again.
    int rounds = 0;
    long syncs;
    do {
      syncs = syncsOf(replica, writers, each);
      rounds++;
      System.out.println(writers * each + " local commits of " + writers + " threads: " + syncs);
    } while (syncs == writers * each && rounds < 5);
    assertThat(syncs).isPositive().isLessThan(writers * each);
    for (int i = 0; i < writers; i++) {
      assertPage(replica, 1 + i, 1000L * (1 + i) + each - 1);
    }
    assertThat(replica.pending()).hasSize(rounds * writers * each);
    replica.push(new Policy.Reject());
    assertPage(open(), 3, 3000 + each - 1);
  }

  /** How many syncs it took that so many threads made so many local commits each. */
  private long syncsOf(Replica replica, int writers, int each) {
    long before = ((VolumeReplica) replica).line().log().syncs();
    List<Task<Integer>> tasks = new ArrayList<>();
    CommitOptions merge = LOCAL.onConflict(new Policy.Merge());
    for (int i = 0; i < writers; i++) {
      int page = 1 + i;
      tasks.add(
          concurrency.fork(
              "writer",
              () -> {
                for (int n = 0; n < each; n++) {
                  assertThat(write(replica, merge, page, 1000L * page + n))
                      .isInstanceOf(CommitResult.Local.class);
                }
                return each;
              }));
    }
    tasks.forEach(task -> Waits.result(concurrency, task));
    return ((VolumeReplica) replica).line().log().syncs() - before;
  }

  @Test
  void commitLocal_oneThread_isOneSyncEach() {
    Replica replica = open();
    committed(replica, 1, 1);
    long before = ((VolumeReplica) replica).line().log().syncs();
    for (int i = 0; i < 10; i++) {
      local(replica, 1, 100 + i);
    }
    assertThat(((VolumeReplica) replica).line().log().syncs() - before).isEqualTo(10);
  }

  /** Pages 1 to n hold seeds 1 to n; then a local commit, and another replica commits. */
  private Replica ahead(long localPage, long otherPage) {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3, 4);
    local(replica, localPage, 10 + localPage);
    committed(open(), otherPage, 100 + otherPage);
    return replica;
  }

  @Test
  void push_mergeOfDisjointWork_landsOnTheirHead() {
    Replica replica = ahead(1, 4);
    local(replica, 2, 12);
    List<PageSet> moves = new ArrayList<>();
    replica.onMove((from, to, changes, descendant, own, merged) -> {
      assertThat(own).isNull();
      assertThat(descendant).isTrue();
      moves.add(changes.pages());
    });
    assertThat(replica.push(new Policy.Merge()))
        .isInstanceOfSatisfying(
            PushResult.Pushed.class,
            pushed -> {
              assertThat(pushed.transactions()).isEqualTo(2);
              assertThat(pushed.position().lsn()).isEqualTo(new Lsn(3));
            });
    assertThat(moves).containsExactly(PageSet.of(4));
    for (Replica each : List.of(replica, open())) {
      assertPage(each, 1, 11);
      assertPage(each, 2, 12);
      assertPage(each, 4, 104);
    }
    assertThat(fake.log(volume, null, 1).commits().getFirst().snapshot()).isEqualTo(new Lsn(1));
  }

  @Test
  void push_mergeOfWorkThatMeets_isAConflictThatNamesTheTransaction() {
    Replica replica = ahead(1, 4);
    try (Transaction skew = replica.begin()) {
      Pages.read(skew, 4);
      Pages.write(skew, 3, Pages.of(SIZE, 13));
      skew.commit(new CommitOptions("", "sums up", page -> false).with(Durability.LOCAL));
    }
    assertThat(replica.push(new Policy.Merge()))
        .isInstanceOfSatisfying(
            PushResult.Conflict.class,
            conflict -> {
              assertThat(conflict.reason()).contains("sums up").contains("page 4");
              assertThat(conflict.pending()).isEqualTo(2);
            });
    assertPage(replica, 3, 13);
    assertPage(replica, 4, 4);
    assertThat(fake.log(volume, null, 9).commits()).hasSize(2);
  }

  @Test
  void push_mergeWhenOthersGrewTheVolume_isAConflict() {
    Replica replica = ahead(1, 5);
    assertThat(replica.push(new Policy.Merge())).isInstanceOf(PushResult.Conflict.class);
    assertThat(replica.pending()).hasSize(1);
  }

  @Test
  void push_mergeOfALargeTransaction_uploadsItsSegmentsOnce() {
    Replica replica = open();
    committed(replica, 1, new long[400]);
    long[] seeds = new long[300];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = 2000 + i;
    }
    local(replica, 1, seeds);
    committed(open(), 400, 4400);
    Counts before = remote.counts();
    assertThat(replica.push(new Policy.Merge())).isInstanceOf(PushResult.Pushed.class);
    Counts cost = remote.counts().minus(before);
    assertThat(cost.uploads()).isEqualTo(1);
    assertThat(cost.commits()).isEqualTo(2);
    Replica other = open();
    assertPage(other, 300, 2299);
    assertPage(other, 400, 4400);
    assertPage(replica, 400, 4400);
  }

  /** Adds 1000 to the seed that the first bytes of a page tell, as work that can be done again. */
  private static void bump(Transaction onto, long from, long to) {
    byte[] page = Pages.read(onto, from);
    long seed = page[page.length - 1];
    Pages.write(onto, to, Pages.of(SIZE, seed + 1));
  }

  @Test
  void push_replayByClosure_doesTheWorkAgainOnTheNewHead() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    CommitOptions again = LOCAL.again(onto -> bump(onto, 1, 2));
    try (Transaction transaction = replica.begin()) {
      bump(transaction, 1, 2);
      transaction.commit(again);
    }
    assertPage(replica, 2, 2);
    committed(open(), 1, 50);
    Replayer none =
        (mutation, onto) -> {
          throw new GraftException.Misuse("unknown: " + mutation.name());
        };
    assertThat(replica.push(new Policy.Replay(none))).isInstanceOf(PushResult.Pushed.class);
    for (Replica each : List.of(replica, open())) {
      assertPage(each, 1, 50);
      assertPage(each, 2, 51);
    }
    assertThat(replica.pending()).isEmpty();
  }

  @Test
  void push_replayOfWhatNobodyKnows_isAConflictAndLeavesAllAsItWas() {
    Replica replica = open();
    committed(replica, 1, 1, 2, 3);
    try (Transaction transaction = replica.begin()) {
      bump(transaction, 1, 2);
      transaction.commit(LOCAL.with(new Mutation("bump", new byte[0])));
    }
    local(replica, 3, 33);
    committed(open(), 1, 50);
    Replayer bumps = (mutation, onto) -> bump(onto, 1, 2);
    assertThat(replica.push(new Policy.Replay(bumps)))
        .isInstanceOfSatisfying(
            PushResult.Conflict.class,
            conflict -> {
              assertThat(conflict.pending()).isEqualTo(2);
              assertThat(conflict.reason()).contains("without a mutation");
            });
    assertPage(replica, 1, 1);
    assertPage(replica, 2, 2);
    assertPage(replica, 3, 33);
    assertThat(replica.pending()).hasSize(2);
    Replayer broken =
        (mutation, onto) -> {
          throw new IllegalStateException("planned");
        };
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> replica.push(new Policy.Replay(broken)));
    assertPage(replica, 3, 33);
    local(replica, 3, 333);
    assertThat(replica.pending()).hasSize(3);
    assertPage(replica, 3, 333);
  }

  @Test
  void push_fork_bringsTheWorkToANewVolumeAndFollowsItsOwn() {
    Replica replica = ahead(1, 4);
    VolumeId child = ids.newVolumeId();
    assertThat(replica.push(new Policy.Fork(child)))
        .isInstanceOfSatisfying(
            PushResult.Forked.class,
            forked -> {
              assertThat(forked.child()).isEqualTo(child);
              assertThat(forked.transactions()).isEqualTo(1);
              assertThat(forked.position().lsn()).isEqualTo(new Lsn(2));
            });
    assertPage(replica, 1, 1);
    assertPage(replica, 4, 104);
    assertThat(replica.pending()).isEmpty();
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
    Replica forked = open(home(ReplicaOptions.inMemory(remote, child, concurrency, ids)));
    assertPage(forked, 1, 11);
    assertPage(forked, 4, 4);
  }

  @Test
  void push_replayMeetsAPageThatWasMoved_asksForItsPlaceAndGoesOn() {
    AtomicInteger missing = new AtomicInteger();
    PassingRemote moving =
        new PassingRemote(remote) {
          @Override
          public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
            return missing.getAndDecrement() > 0
                ? new RangeOutcome.Missing()
                : super.readRange(owner, offset, length);
          }
        };
    Replica replica = open(home(ReplicaOptions.inMemory(moving, volume, concurrency, ids)));
    committed(replica, 1, 1, 2, 3);
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, 3, Pages.of(SIZE, 33));
      transaction.commit(LOCAL.with(new Mutation("copy", new byte[0])));
    }
    committed(open(), 2, 22);
    missing.set(1);
    Replayer copies = (mutation, onto) -> Pages.write(onto, 3, Pages.read(onto, 2));
    assertThat(replica.push(new Policy.Replay(copies))).isInstanceOf(PushResult.Pushed.class);
    assertThat(missing.get()).isNotPositive();
    assertPage(replica, 3, 22);
  }

  @Test
  void push_forkOfTheEmptyVolume_isAConflictAndOtherWaysStayOpen() {
    Replica replica = open();
    local(replica, 3, 33);
    committed(open(), 1, 1);
    assertThat(replica.push(new Policy.Fork(ids.newVolumeId())))
        .isInstanceOfSatisfying(
            PushResult.Conflict.class,
            conflict -> assertThat(conflict.reason()).contains("empty volume"));
    assertPage(replica, 3, 33);
    assertThat(replica.discard()).isEqualTo(1);
    replica.pull();
    assertPage(replica, 1, 1);
  }

  @Test
  void push_forkIsRefused_isBegunNoMoreAndOtherWaysStayOpen() {
    GraftException.Gone gone = new GraftException.Gone("planned");
    PassingRemote forkless =
        new PassingRemote(remote) {
          @Override
          public Forked fork(ForkRequest request) {
            throw gone;
          }
        };
    ReplicaOptions options = home(ReplicaOptions.inMemory(forkless, volume, concurrency, ids));
    Replica replica = open(options);
    committed(replica, 1, 1);
    local(replica, 3, 33);
    Replica other = open();
    committed(other, 2, 22);
    assertThatExceptionOfType(GraftException.Gone.class)
        .isThrownBy(() -> replica.push(new Policy.Fork(ids.newVolumeId())));
    assertPage(replica, 3, 33);
    if (options.folder().isPresent()) {
      // What was remembered is over, too.
      replica.close();
      Replica again = open(options);
      assertThat(again.discard()).isEqualTo(1);
    } else {
      assertThat(replica.discard()).isEqualTo(1);
    }
  }

  @Test
  void push_forkWithoutAConflict_pushes() {
    Replica replica = open();
    committed(replica, 1, 1);
    local(replica, 1, 11);
    assertThat(replica.push(new Policy.Fork(ids.newVolumeId())))
        .isInstanceOf(PushResult.Pushed.class);
  }

  @Test
  void push_anotherHistory_isDivergedSaysTheWaysOutAndLosesNothing() {
    Replica replica = open();
    committed(replica, 1, 1);
    local(replica, 1, 11);
    fake.rewind(volume, 0);
    committed(open(), 1, 77);
    assertThatExceptionOfType(GraftException.class)
        .isThrownBy(() -> replica.push(new Policy.Merge()))
        .withMessageContaining("local transactions are kept")
        .withMessageContaining("discard");
    assertPage(replica, 1, 11);
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.DIVERGED);
    assertThat(replica.discard()).isEqualTo(1);
    replica.reset();
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.UP_TO_DATE);
    // Both histories have a commit 1 with this page: the one that was lost is not read any more.
    assertPage(replica, 1, 77);
  }

  @Test
  void rebase_mergeWithoutAPush_liesOnTheHead() {
    Replica replica = ahead(1, 4);
    assertThat(replica.rebase(new Policy.Merge()))
        .isInstanceOfSatisfying(
            PushResult.Pushed.class, moved -> assertThat(moved.commits()).isZero());
    assertThat(replica.status().state()).isEqualTo(ReplicaStatus.State.AHEAD);
    assertPage(replica, 1, 11);
    assertPage(replica, 4, 104);
    assertThat(replica.rebase(new Policy.Merge())).isInstanceOf(PushResult.Nothing.class);
    assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
    assertPage(open(), 1, 11);
  }
}
