package dev.graft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Remote;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Forks, going back, and differences, on the real engine. */
final class KeptHistoryTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final int PAGES = 300;

  private final Embedded world = new Embedded(31, SIZE);
  private final List<Replica> open = new ArrayList<>();

  /** What each LSN holds: pages by index - 1, null where zeros. */
  private final List<byte[][]> contents = new ArrayList<>(List.<byte[][]>of(new byte[0][]));

  @AfterEach
  void close() {
    open.forEach(Replica::close);
    world.close();
  }

  private Replica open(VolumeId volume, Remote remote) {
    Replica replica =
        Replica.open(ReplicaOptions.inMemory(remote, volume, world.concurrency, world.ids));
    open.add(replica);
    return replica;
  }

  private Replica open() {
    return open(world.volume, world.remote);
  }

  /** Writes some pages, and now and then cuts the volume short. */
  private void commit(Replica replica, Random random) {
    byte[][] last = contents.getLast();
    try (Transaction transaction = replica.begin()) {
      byte[][] next = last.clone();
      if (last.length > 20 && random.nextInt(5) == 0) {
        next = java.util.Arrays.copyOf(last, last.length / 2);
        transaction.truncate(new PageCount(next.length));
      }
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        int page = 1 + random.nextInt(PAGES);
        byte[] bytes = Pages.of(SIZE, random.nextLong());
        Pages.write(transaction, page, bytes);
        if (page > next.length) {
          next = java.util.Arrays.copyOf(next, page);
        }
        next[page - 1] = bytes;
      }
      assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
      contents.add(next);
    }
  }

  private void commits(Replica replica, int count) {
    Random random = new Random(count);
    for (int i = 0; i < count; i++) {
      commit(replica, random);
    }
  }

  private static void requireContent(Snapshot snapshot, byte[][] content) {
    assertThat(snapshot.pageCount().value()).isEqualTo(content.length);
    for (int i = 0; i < content.length; i++) {
      byte[] wanted = content[i] == null ? Pages.zeros(SIZE) : content[i];
      assertThat(Pages.read(snapshot, i + 1L)).as("page %d", i + 1).isEqualTo(wanted);
    }
  }

  private void requireContent(Replica replica, int lsn) {
    try (Snapshot snapshot = replica.snapshot()) {
      requireContent(snapshot, contents.get(lsn));
    }
  }

  @Test
  void fork_ofAReplicaThatHasReadNothing_isOneRequestAndNoPage() {
    commits(open(), 40);
    Replica fresh = open();
    Counts before = world.remote.counts();
    Forked forked = fresh.fork(world.ids.newVolumeId());
    Counts cost = world.remote.counts().minus(before);
    assertThat(cost.requests()).isEqualTo(1);
    assertThat(cost.bytesIn() + cost.bytesOut()).isZero();
    Replica child = open(forked.child().volume(), world.remote);
    requireContent(child, 40);
    assertThat(child.status().position()).isEqualTo(forked.start());
  }

  @Test
  void fork_bothGoOn_neitherSeesTheOther() {
    Replica parent = open();
    commits(parent, 35);
    Replica child = open(parent.fork(world.ids.newVolumeId()).child().volume(), world.remote);
    byte[] ours = Pages.of(SIZE, 1);
    byte[] theirs = Pages.of(SIZE, 2);
    write(parent, 3, ours);
    write(child, 3, theirs);
    try (Snapshot there = child.snapshot();
        Snapshot here = parent.snapshot()) {
      assertThat(Pages.read(there, 3)).isEqualTo(theirs);
      assertThat(Pages.read(here, 3)).isEqualTo(ours);
    }
    // A fork of the fork, read cold: pages of three volumes.
    VolumeId second = child.fork(world.ids.newVolumeId()).child().volume();
    Replica grandchild = open(second, world.remote);
    byte[][] wanted = contents.get(35).clone();
    wanted[2] = theirs;
    try (Snapshot snapshot = grandchild.snapshot()) {
      requireContent(snapshot, wanted);
    }
    assertThat(parent.pull().pages().isEmpty()).isTrue();
  }

  private static void write(Replica replica, long page, byte[] bytes) {
    try (Transaction transaction = replica.begin()) {
      Pages.write(transaction, page, bytes);
      assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    }
  }

  @Test
  void at_aPastLsn_isAsOpen() {
    commits(open(), 70);
    for (int lsn : new int[] {69, 33, 5}) {
      Replica fresh = open();
      Counts before = world.remote.counts();
      try (Snapshot past = fresh.at(new Lsn(lsn))) {
        Counts cost = world.remote.counts().minus(before);
        assertThat(cost.requests()).isEqualTo(1);
        assertThat(cost.bytesIn()).isLessThanOrEqualTo(256 * 1024);
        requireContent(past, contents.get(lsn));
      }
    }
  }

  @Test
  void revert_toAnyLsn_isTwoRequestsAndShownAtOnce() {
    Replica replica = open();
    commits(replica, 40);
    Replica other = open();
    Random random = new Random(5);
    for (int i = 0; i < 12; i++) {
      int to = i == 3 ? 0 : random.nextInt(contents.size() - 1);
      Counts before = world.remote.counts();
      CommitResult result =
          replica.revert(new Lsn(to), new CommitOptions("ada", "back to " + to, idx -> false));
      Counts cost = world.remote.counts().minus(before);
      assertThat(result).isInstanceOf(CommitResult.Committed.class);
      assertThat(cost.requests()).isEqualTo(to == 0 ? 1 : 2);
      assertThat(cost.bytesOut()).as("pages").isZero();
      contents.add(contents.get(to));
      requireContent(replica, contents.size() - 1);
      Changes seen = other.pull();
      requireContent(other, contents.size() - 1);
      requireDifferent(seen.pages(), contents.size() - 2, contents.size() - 1);
      assertThat(replica.log(1).commits().getFirst().transactions().getFirst().message())
          .isEqualTo("back to " + to);
      if (i % 3 == 0) {
        commit(replica, random);
        other.pull();
      }
    }
  }

  /** The set holds every page that is another one, or is there in one of both only. */
  private void requireDifferent(PageSet pages, int one, int other) {
    byte[][] a = contents.get(one);
    byte[][] b = contents.get(other);
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      byte[] x = i < a.length ? a[i] : null;
      byte[] y = i < b.length ? b[i] : null;
      boolean isOneSided = i >= a.length || i >= b.length;
      if (x != y || isOneSided) {
        assertThat(pages.contains(i + 1L)).as("page %d of %d and %d", i + 1, one, other).isTrue();
      }
    }
  }

  @Test
  void revert_mentionsNoPageThatIsTheSame() {
    Replica replica = open();
    try (Transaction all = replica.begin()) {
      for (int page = 1; page <= 50; page++) {
        Pages.write(all, page, Pages.of(SIZE, page));
      }
      all.commit(CommitOptions.NONE);
    }
    write(replica, 7, Pages.of(SIZE, 700));
    write(replica, 9, Pages.of(SIZE, 900));
    Replica other = open();
    replica.revert(new Lsn(1), CommitOptions.NONE);
    assertThat(other.pull().pages()).isEqualTo(PageSet.of(7, 9));
  }

  @Test
  void revert_towhereItStands_isNothing() {
    Replica replica = open();
    commits(replica, 3);
    assertThat(replica.revert(new Lsn(3), CommitOptions.NONE))
        .isInstanceOf(CommitResult.Nothing.class);
    assertThatThrownBy(() -> replica.revert(new Lsn(4), CommitOptions.NONE))
        .isInstanceOf(GraftException.NotFound.class);
    assertThat(replica.log(9).head().lsn()).isEqualTo(new Lsn(3));
  }

  @Test
  void revert_othersCommittedFirst_isAConflictAndNothingMoves() {
    Replica replica = open();
    commits(replica, 6);
    Replica other = open();
    commits(other, 1);
    CommitResult result = replica.revert(new Lsn(2), CommitOptions.NONE);
    assertThat(result)
        .isInstanceOfSatisfying(
            CommitResult.Conflict.class,
            conflict -> assertThat(conflict.head().lsn()).isEqualTo(new Lsn(7)));
    requireContent(replica, 6);
    replica.pull();
    assertThat(replica.revert(new Lsn(2), CommitOptions.NONE))
        .isInstanceOf(CommitResult.Committed.class);
    requireContent(replica, 2);
  }

  @Test
  void revert_answerLost_sameCallFindsTheOneCommit() {
    commits(open(), 6);
    AtomicInteger lost = new AtomicInteger();
    Remote losing = losing(world.remote, lost);
    Replica replica = open(world.volume, losing);
    assertThatThrownBy(() -> replica.revert(new Lsn(2), CommitOptions.NONE))
        .isInstanceOf(GraftException.Unavailable.class);
    assertThat(lost.get()).isEqualTo(1);
    CommitResult found = replica.revert(new Lsn(2), CommitOptions.NONE);
    assertThat(found)
        .isInstanceOfSatisfying(
            CommitResult.Committed.class,
            done -> assertThat(done.position().lsn()).isEqualTo(new Lsn(7)));
    assertThat(replica.log(9).head().lsn()).isEqualTo(new Lsn(7));
    requireContent(replica, 2);
  }

  /** The first commit lands, and its answer is lost. */
  private static Remote losing(CountingRemote remote, AtomicInteger lost) {
    return (Remote)
        Proxy.newProxyInstance(
            Remote.class.getClassLoader(),
            new Class<?>[] {Remote.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(remote, arguments);
                if (answer instanceof CommitOutcome && lost.getAndIncrement() == 0) {
                  throw new GraftException.Unavailable("the answer was lost");
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void forkAndRevert_withLocalTransactions_areRefusedAndSayWhatToDo() {
    Replica replica = open();
    commits(replica, 3);
    try (Transaction local = replica.begin()) {
      Pages.write(local, 1, Pages.of(SIZE, 4));
      local.commit(CommitOptions.NONE.with(CommitOptions.Durability.LOCAL));
    }
    assertThatThrownBy(() -> replica.revert(new Lsn(1), CommitOptions.NONE))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("push");
    assertThatThrownBy(() -> replica.fork(world.ids.newVolumeId()))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("push");
  }

  @Test
  void diff_anyTwoCommits_tellsThePagesThatAreDifferent() {
    Replica replica = open();
    commits(replica, 40);
    Random random = new Random(9);
    for (int i = 0; i < 30; i++) {
      int from = random.nextInt(41);
      int upto = random.nextInt(41);
      Counts before = world.remote.counts();
      Changes changes = replica.diff(new Lsn(from), new Lsn(upto));
      assertThat(world.remote.counts().minus(before).requests()).isLessThanOrEqualTo(2);
      assertThat(changes.from().lsn()).isEqualTo(new Lsn(from));
      assertThat(changes.upto().lsn()).isEqualTo(new Lsn(upto));
      assertThat(changes.pageCount().value()).isEqualTo(contents.get(upto).length);
      requireDifferent(changes.pages(), from, upto);
      assertThat(replica.diff(new Lsn(upto), new Lsn(from)).pages()).isEqualTo(changes.pages());
    }
    assertThat(replica.diff(new Lsn(9), new Lsn(9)).pages().isEmpty()).isTrue();
    assertThatThrownBy(() -> replica.diff(new Lsn(9), new Lsn(41)))
        .isInstanceOf(GraftException.NotFound.class);
  }

  @Test
  void diff_oneWrittenPage_isThatPage() {
    Replica replica = open();
    commits(replica, 3);
    Position before = replica.status().position();
    write(replica, 2, Pages.of(SIZE, 77));
    Changes changes = replica.diff(before.lsn(), before.lsn().next());
    assertThat(changes.pages()).isEqualTo(PageSet.of(2));
    assertThat(changes.from()).isEqualTo(before);
    assertThat(changes.upto()).isEqualTo(replica.status().position());
  }

  @Test
  void commitRequest_ofARevert_isSentUnchanged() {
    Replica replica = open();
    commits(replica, 4);
    List<CommitRequest> sent = new ArrayList<>();
    Remote watching =
        (Remote)
            Proxy.newProxyInstance(
                Remote.class.getClassLoader(),
                new Class<?>[] {Remote.class},
                (proxy, method, arguments) -> {
                  if (arguments != null && arguments[0] instanceof CommitRequest request) {
                    sent.add(request);
                    if (sent.size() == 1) {
                      throw new GraftException.Unavailable("not now");
                    }
                  }
                  try {
                    return method.invoke(world.remote, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    Replica unlucky = open(world.volume, watching);
    assertThatThrownBy(() -> unlucky.revert(new Lsn(1), CommitOptions.NONE))
        .isInstanceOf(GraftException.Unavailable.class);
    unlucky.revert(new Lsn(1), CommitOptions.NONE);
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1)).isEqualTo(sent.get(0));
  }
}
