package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Snapshot;
import dev.graft.concurrency.Task;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.LogPage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Three clients, each with an engine of its own, on one volume in a store that fails; and the judge
 * of what came of it. An engine has no state that matters, so three of them are the harder case.
 */
final class ThreeClients {
  private static final int CLIENTS = 3;
  private static final int TRANSACTIONS = 24;
  private static final int LOG_PAGE = 1000;

  private final SimConcurrency sim;
  private final SimObjectStore store;
  private final SplittableRandom seeds;
  private final VolumeId volume;
  private final List<EngineRemote> engines = new ArrayList<>();
  private final List<SimClient> clients = new ArrayList<>();

  ThreeClients(SimConcurrency sim, SimObjectStore store, long seed) {
    this.sim = sim;
    this.store = store;
    this.seeds = new SplittableRandom(seed);
    this.volume = new RandomIdSource(seeds.split()).newVolumeId();
  }

  /** Plays and judges; gives the number of commits. */
  int play() throws Exception {
    var create = new CreateVolume(volume, StampedPages.SIZE);
    var newestKnown = new AtomicLong();
    for (int i = 0; i < CLIENTS; i++) {
      EngineRemote engine = engine(store);
      SimClient.patiently(sim, () -> engine.createVolume(create));
      engines.add(engine);
      clients.add(new SimClient(sim, i + 1, open(engine), seeds.nextLong(), newestKnown));
    }
    List<Task<Boolean>> tasks = new ArrayList<>();
    for (SimClient client : clients) {
      tasks.add(
          sim.fork(
              "client",
              () -> {
                client.work(TRANSACTIONS);
                return true;
              }));
    }
    sim.awaitAll(tasks);
    for (Task<Boolean> task : tasks) {
      task.result();
    }
    for (EngineRemote engine : engines) {
      engine.close();
    }
    EngineRemote calm = engine(store.objects());
    List<ModelVolume> history = judgeLog(calm);
    judgeReads(history);
    judgeContents(history, calm);
    clients.forEach(client -> client.replica().close());
    calm.close();
    return history.size() - 1;
  }

  private EngineRemote engine(ObjectStore on) {
    return new EngineRemote(
        on, on, sim, new RandomIdSource(seeds.split()), seeds.split(), EngineOptions.DEFAULT);
  }

  private Replica open(EngineRemote engine) {
    ReplicaOptions options =
        ReplicaOptions.inMemory(engine, volume, sim, new RandomIdSource(seeds.split()));
    return SimClient.patiently(sim, () -> Replica.open(options));
  }

  /**
   * The log holds what was acknowledged, once, in its place, and nothing that was refused; gives
   * the volume at every LSN.
   */
  private List<ModelVolume> judgeLog(EngineRemote calm) {
    Map<String, Attempt> attempts = new HashMap<>();
    Map<String, Position> acknowledged = new HashMap<>();
    for (SimClient client : clients) {
      for (Attempt attempt : client.attempts()) {
        attempts.put(attempt.name(), attempt);
        if (attempt.result() instanceof CommitResult.Committed(Position position)) {
          acknowledged.put(attempt.name(), position);
        }
      }
    }
    LogPage log = calm.log(volume, null, LOG_PAGE);
    Map<String, Position> logged = new HashMap<>();
    List<ModelVolume> history = new ArrayList<>(List.of(ModelVolume.EMPTY));
    for (LogPage.Entry entry : log.commits().reversed()) {
      String name = entry.transactions().getFirst().message();
      assertThat(entry.position().lsn()).isEqualTo(new Lsn(history.size()));
      assertThat(logged.put(name, entry.position())).as("%s is logged twice", name).isNull();
      Attempt attempt = attempts.get(name);
      assertThat(attempt).as(name).isNotNull();
      if (attempt != null) {
        assertThat(attempt.baseLsn()).as("%s sits on its base", name).isEqualTo(history.size() - 1);
        history.add(history.getLast().after(attempt.ops()));
      }
    }
    assertThat(logged).isEqualTo(acknowledged);
    return history;
  }

  /** Every transaction, also one that was refused, read one snapshot. */
  private void judgeReads(List<ModelVolume> history) {
    for (SimClient client : clients) {
      for (Attempt attempt : client.attempts()) {
        ModelVolume base = history.get(Math.toIntExact(attempt.baseLsn()));
        attempt
            .reads()
            .forEach((page, stamp) ->
                assertThat(stamp)
                    .as("%s reads page %s", attempt.name(), page)
                    .isEqualTo(base.stamp(page)));
      }
    }
  }

  /** What is stored is what the model says: now for each client, and at LSNs of the past. */
  private void judgeContents(List<ModelVolume> history, EngineRemote calm) {
    for (SimClient client : clients) {
      try (Snapshot snapshot = client.replica().snapshot()) {
        // The last pull of a client may lie before the last commit of another one.
        int lsn = Math.toIntExact(snapshot.position().lsn().value());
        judge(snapshot, history.get(lsn));
      }
    }
    try (Replica fresh = open(calm)) {
      assertThat(fresh.status().position().lsn()).isEqualTo(new Lsn(history.size() - 1));
      for (int lsn = history.size() - 1; lsn > 0; lsn -= 9) {
        try (Snapshot snapshot = fresh.at(new Lsn(lsn))) {
          judge(snapshot, history.get(lsn));
        }
      }
    }
  }

  private void judge(Snapshot snapshot, ModelVolume model) {
    assertThat(snapshot.pageCount().value()).isEqualTo(model.count());
    for (long page = 1; page <= model.count() + 1; page++) {
      long idx = page;
      long stamp = SimClient.patiently(sim, () -> StampedPages.read(snapshot, idx));
      assertThat(stamp).as("page %s at %s", page, snapshot.position()).isEqualTo(model.stamp(page));
    }
  }
}
