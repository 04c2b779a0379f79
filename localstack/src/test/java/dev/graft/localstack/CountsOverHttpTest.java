package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.http.HttpCounts;
import dev.graft.client.http.HttpRemote;
import dev.graft.engine.store.Counts;
import dev.graft.localstack.edge.EdgeCounts;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ForkRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is asked of network, functions and store, counted over HTTP: the rows of the design that are
 * about requests. Pages come from the edge and the store alone; heads never come from a cache.
 */
@Timeout(120)
class CountsOverHttpTest {
  /** What one step cost. */
  private record Cost(long clientRequests, long invocations, Counts store, EdgeCounts edge) {}

  private interface Step {
    void run() throws InterruptedException;
  }

  private static Cost cost(HttpStage stage, HttpRemote remote, Step step)
      throws InterruptedException {
    stage.stack.quiesce();
    HttpCounts sent = remote.counts();
    long invocations = stage.stack.invocations();
    Counts store = stage.store.snapshot();
    EdgeCounts edge = stage.stack.edge();
    step.run();
    stage.stack.quiesce();
    return new Cost(
        remote.counts().attempts() - sent.attempts(),
        stage.stack.invocations() - invocations,
        stage.store.snapshot().minus(store),
        stage.stack.edge().minus(edge));
  }

  private static void commits(Replica replica, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(HttpStage.commit(replica, CommitOptions.NONE, 1 + i % 50, i))
          .isInstanceOf(CommitResult.Committed.class);
    }
  }

  @Test
  void pages_areReadPastTheFunctions_andTheSecondReaderIsAHitAtTheEdge() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote writing = stage.remote();
      VolumeId volume = stage.create(writing);
      Replica writer = stage.open(writing, volume);
      long[] seeds = new long[600];
      for (int i = 0; i < seeds.length; i++) {
        seeds[i] = i + 1;
      }
      assertThat(HttpStage.commit(writer, CommitOptions.NONE, 1, seeds))
          .isInstanceOf(CommitResult.Committed.class);
      HttpRemote first = stage.remote();
      HttpRemote second = stage.remote();
      Replica one = stage.open(first, volume);
      Replica two = stage.open(second, volume);
      Cost cold = cost(stage, first, () -> readAll(one, seeds.length));
      assertThat(cold.clientRequests()).isPositive();
      assertThat(cold.invocations()).isZero();
      assertThat(cold.edge().commands()).isZero();
      assertThat(cold.edge().misses()).isPositive();
      assertThat(cold.store().gets()).isEqualTo(cold.edge().originRequests()).isPositive();
      assertThat(cold.store().lists() + cold.store().writes()).isZero();
      Cost warm = cost(stage, second, () -> readAll(two, seeds.length));
      assertThat(warm.clientRequests()).isPositive();
      assertThat(warm.invocations()).isZero();
      assertThat(warm.edge().hits()).isEqualTo(warm.clientRequests());
      assertThat(warm.edge().misses()).isZero();
      assertThat(warm.edge().originRequests()).isZero();
      assertThat(warm.store().reads() + warm.store().writes()).isZero();
      System.out.printf(
          "%d pages cold: %d client requests, %d origin requests; second reader: %d client"
              + " requests, %d hits, none to the store%n",
          seeds.length,
          cold.clientRequests(),
          cold.edge().originRequests(),
          warm.clientRequests(),
          warm.edge().hits());
    }
  }

  private static void readAll(Replica replica, int pages) {
    try (Snapshot snapshot = replica.snapshot()) {
      for (int page = 1; page <= pages; page++) {
        assertThat(HttpStage.read(snapshot, page)).isEqualTo(HttpStage.page(page));
      }
    }
  }

  @Test
  void questions_goToFunctions_andNeverThroughTheCache() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      commits(replica, 3);
      for (Step question :
          new Step[] {
            replica::pull,
            () -> remote.volume(volume),
            () -> remote.state(volume),
            () -> remote.log(volume, null, 10)
          }) {
        for (int i = 0; i < 2; i++) {
          Cost cost = cost(stage, remote, question);
          assertThat(cost.clientRequests()).isEqualTo(1);
          assertThat(cost.invocations()).isEqualTo(1);
          assertThat(cost.edge().commands()).isEqualTo(1);
          assertThat(cost.edge().hits() + cost.edge().misses()).isZero();
        }
      }
    }
  }

  @Test
  void smallCommit_isOneRequestAndOnePut_andAPollOneGet() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      commits(replica, 5);
      Cost commit = cost(stage, remote, () -> HttpStage.commit(replica, CommitOptions.NONE, 7, 99));
      assertThat(commit.clientRequests()).isEqualTo(1);
      assertThat(commit.invocations()).isEqualTo(1);
      assertThat(commit.store().puts()).isEqualTo(1);
      assertThat(commit.store().lists()).isZero();
      Cost first = cost(stage, remote, replica::pull);
      assertThat(first.store().gets()).isLessThanOrEqualTo(2);
      assertThat(first.store().lists()).isZero();
      Cost poll = cost(stage, remote, replica::pull);
      assertThat(poll.clientRequests()).isEqualTo(1);
      assertThat(poll.store().gets()).isEqualTo(1);
      assertThat(poll.store().lists()).isZero();
      assertThat(poll.store().writes()).isZero();
    }
  }

  @Test
  void commits_withTheirRollups_costLittleMoreThanAPutEach() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica replica = stage.open(remote, volume);
      int count = 1_024;
      Cost cost = cost(stage, remote, () -> commits(replica, count));
      assertThat(cost.clientRequests()).isEqualTo(count);
      double writes = (double) cost.store().writes() / count;
      double reads = (double) cost.store().reads() / count;
      System.out.printf(
          "%d small commits over HTTP: %.3f object writes and %.3f reads a commit%n",
          count, writes, reads);
      assertThat(writes).isLessThanOrEqualTo(1.1);
      assertThat(reads).isLessThanOrEqualTo(1.2);
    }
  }

  @Test
  void openAndChangesAndFork_areOneRequestEach() throws Exception {
    try (HttpStage stage = new HttpStage()) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      Replica writer = stage.open(remote, volume);
      HttpRemote late = stage.remote();
      commits(writer, 1);
      Replica behind = stage.open(late, volume);
      Position since = behind.status().position();
      commits(writer, 99);
      Cost learn = cost(stage, late, behind::pull);
      assertThat(behind.status().position().lsn()).isEqualTo(new Lsn(100));
      assertThat(since.lsn()).isEqualTo(new Lsn(1));
      assertThat(learn.clientRequests()).isEqualTo(1);
      assertThat(learn.store().reads()).isLessThanOrEqualTo(4 + 70);

      HttpRemote fresh = stage.remote();
      Cost open = cost(stage, fresh, () -> stage.open(fresh, volume));
      assertThat(open.clientRequests()).isEqualTo(1);
      assertThat(open.store().reads()).isLessThanOrEqualTo(72);
      assertThat(fresh.counts().bytesIn()).isLessThanOrEqualTo(256 << 10);

      Position at = writer.status().position();
      VolumeId child = stage.ids.newVolumeId();
      Cost fork = cost(stage, remote, () -> remote.fork(new ForkRequest(volume, at, child)));
      assertThat(fork.clientRequests()).isEqualTo(1);
      assertThat(fork.store().writes()).isLessThanOrEqualTo(6);
      assertThat(
              remote.changesSince(
                  new ChangesRequest(child, null, new ChangesRequest.Until.Head(), true)))
          .isInstanceOf(ChangesOutcome.Changed.class);
      System.out.printf(
          "over HTTP: 99 commits learned with %d object reads, opened with %d and %d bytes, forked"
              + " with %d object writes%n",
          learn.store().reads(),
          open.store().reads(),
          fresh.counts().bytesIn(),
          fork.store().writes());
    }
  }
}
