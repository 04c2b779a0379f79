package dev.graft.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Changes;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Progress;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Snapshot;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.DelayingRemote;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.Counts;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a thousand commits cost a reader over HTTP: requests of the client, of the functions to the
 * store, of the edge to the store, and rounds. The bounds are those that hold in process.
 */
@Timeout(120)
class RowsOverHttpTest {
  private static final int COMMITS = 1_000;

  /** Not aligned to any rollup. */
  private static final int BEFORE = 45;

  private static final int MAX_CHANGES_READS = 4 + 70;
  private static final int MAX_OPEN_READS = 72;
  private static final int MAX_OPEN_BYTES = 256 << 10;
  private static final int MAX_CHANGED_PAGES_READS = 72;

  private static final int MAX_ROUNDS = 3;

  /** The store is far enough for requests of one round to be under way at once. */
  private static final Duration AWAY = Duration.ofMillis(300);

  private final HttpStage stage = new HttpStage();

  /** Commits of one page each, straight in the store: their number counts here, not their way. */
  private void commits(VolumeId volume, int first, int last) throws Exception {
    try (EngineRemote engine =
        new EngineRemote(
            stage.store,
            stage.store,
            stage.concurrency,
            stage.ids,
            new Random(3),
            EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE))) {
      try (Replica replica =
          Replica.open(ReplicaOptions.inMemory(engine, volume, stage.concurrency, stage.ids))) {
        for (int i = first; i <= last; i++) {
          assertThat(HttpStage.commit(replica, CommitOptions.NONE, i, i))
              .isInstanceOf(CommitResult.Committed.class);
        }
      }
      engine.quiesce();
    }
  }

  @Test
  void aThousandCommits_areLearnedWithOneRequest_andTheirPagesReadWithFew() throws Exception {
    try (stage) {
      HttpRemote remote = stage.remote();
      VolumeId volume = stage.create(remote);
      commits(volume, 1, BEFORE);
      CountingRemote counted =
          new CountingRemote(new DelayingRemote(remote, stage.concurrency, AWAY, AWAY));
      try (Replica reader =
          Replica.open(
              ReplicaOptions.inMemory(counted, volume, stage.concurrency, stage.ids)
                  .with(Prefetcher::none))) {
        commits(volume, BEFORE + 1, BEFORE + COMMITS);
        long sent = remote.counts().attempts();
        long rounds = counted.counts().rounds();
        Counts store = stage.store.snapshot();
        Changes changes = reader.pull();
        Counts learned = stage.store.snapshot().minus(store);
        assertThat(changes.pages().cardinality()).isEqualTo(COMMITS);
        assertThat(remote.counts().attempts() - sent).isEqualTo(1);
        assertThat(learned.reads()).isLessThanOrEqualTo(MAX_CHANGES_READS);
        assertThat(learned.writes()).isZero();

        sent = remote.counts().attempts();
        long invocations = stage.stack.invocations();
        store = stage.store.snapshot();
        try (Snapshot snapshot = reader.snapshot()) {
          snapshot.hydrate(changes.pages(), Progress.NONE);
          long read = remote.counts().attempts() - sent;
          Counts fetched = stage.store.snapshot().minus(store);
          assertThat(read).isPositive().isLessThanOrEqualTo(MAX_CHANGED_PAGES_READS);
          assertThat(fetched.gets()).isPositive().isLessThanOrEqualTo(MAX_CHANGED_PAGES_READS);
          assertThat(fetched.lists() + fetched.writes()).isZero();
          for (int page = BEFORE + 1; page <= BEFORE + COMMITS; page++) {
            assertThat(HttpStage.read(snapshot, page)).isEqualTo(HttpStage.page(page));
          }
          assertThat(remote.counts().attempts() - sent).isEqualTo(read);
          assertThat(counted.counts().rounds() - rounds).isLessThanOrEqualTo(MAX_ROUNDS);
          assertThat(stage.stack.invocations()).isEqualTo(invocations);
          System.out.printf(
              "over HTTP: %d commits learned with 1 request and %d object reads, their pages read"
                  + " with %d requests and %d of the edge, %d rounds in all%n",
              COMMITS, learned.reads(), read, fetched.gets(), counted.counts().rounds() - rounds);
        }
      }
    }
  }

  @Test
  void open_atTheHeadAndInThePast_isOneRequestAndLittle() throws Exception {
    try (stage) {
      HttpRemote writing = stage.remote();
      VolumeId volume = stage.create(writing);
      int head = BEFORE + COMMITS;
      commits(volume, 1, head);
      for (int at : new int[] {head, 1_023, 1_024, 500, 31, 1}) {
        HttpRemote remote = stage.remote();
        Counts store = stage.store.snapshot();
        remote.changesSince(new ChangesRequest(volume, null, new Until.AtLsn(new Lsn(at)), true));
        Counts cost = stage.store.snapshot().minus(store);
        assertThat(remote.counts().attempts()).as("at %d", at).isEqualTo(1);
        assertThat(cost.reads()).as("at %d", at).isLessThanOrEqualTo(MAX_OPEN_READS);
        assertThat(cost.writes()).isZero();
        assertThat(remote.counts().bytesIn()).as("at %d", at).isLessThanOrEqualTo(MAX_OPEN_BYTES);
      }
    }
  }
}
