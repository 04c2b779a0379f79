package dev.graft.sim.world;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimObjectStore;
import dev.graft.sim.SkewedConcurrency;
import dev.graft.sim.StoreLatencies;
import dev.graft.sim.judge.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * One simulated store, engines on it, and clients with what lies between. Each client has an
 * engine, a clock and a network of its own. Used by tasks of its simulation only.
 */
public final class World {
  private static final int MAX_TRIES = 60;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration LARGEST_SKEW = Duration.ofMinutes(4);

  private final SimConcurrency sim;
  private final FaultPlan plan;
  private final FaultHits hits;
  private final Flaws flaws;
  private final SplittableRandom seeds;
  private final SimObjectStore store;
  private final Recorder recorder;
  private final List<EngineRemote> engines = new ArrayList<>();
  private final List<VolumeId> volumes = new ArrayList<>();

  /** Volumes that may have come to be. */
  private final List<VolumeId> forks = new ArrayList<>();

  private final List<Session> sessions = new ArrayList<>();
  private final boolean damages;

  /** An empty world. */
  public World(SimConcurrency sim, long seed, FaultPlan plan, FaultHits hits, Flaws flaws) {
    this.sim = sim;
    this.plan = plan;
    this.hits = hits;
    this.flaws = flaws;
    this.seeds = new SplittableRandom(seed);
    this.store = new SimObjectStore(sim, seeds.nextLong(), StoreLatencies.s3(), plan, hits);
    this.recorder = new Recorder(sim);
    this.damages =
        List.of(Fault.GET_TRUNCATED, Fault.GET_FLIPPED, Fault.RANGE_TRUNCATED, Fault.RANGE_FLIPPED)
            .stream()
            .anyMatch(fault -> plan.probability(fault) > 0);
    if (damages) {
      sim.expectDamage();
    }
  }

  /** Its time and its tasks. */
  public SimConcurrency sim() {
    return sim;
  }

  /** What is written down. */
  public Recorder recorder() {
    return recorder;
  }

  /** The store, for observers. */
  public SimObjectStore store() {
    return store;
  }

  /** Numbers for one part of a workload, different for each call. */
  public SplittableRandom random() {
    return seeds.split();
  }

  Flaws flaws() {
    return flaws;
  }

  /** Says something that must hold. */
  public void claim(boolean holds, String sentence) {
    recorder.add(new Event.Claim(recorder.now(), holds, sentence));
  }

  /**
   * Does something again, unchanged, while the world fails it.
   *
   * @throws GraftException.Unavailable when it goes on failing
   */
  <T> T patiently(Supplier<T> request) {
    for (int tries = 1; ; tries++) {
      try {
        return request.get();
      } catch (GraftException.Unavailable e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      } catch (GraftException.Corrupt e) {
        requireDamage(e);
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
      sim.note("tries again");
      sim.pause(PAUSE);
    }
  }

  /** Damage may be told only where damage is done. */
  void requireDamage(GraftException.Corrupt e) {
    if (!damages) {
      throw new AssertionError("damage was told, and nothing was damaged", e);
    }
  }

  private Concurrency machine() {
    if (plan.draw(seeds, Fault.CLOCK_SKEW).isEmpty()) {
      return sim;
    }
    long most = LARGEST_SKEW.toMillis();
    return new SkewedConcurrency(sim, Duration.ofMillis(seeds.nextLong(-most, most)), hits);
  }

  private EngineRemote engine(ObjectStore on, Concurrency machine) {
    EngineRemote engine =
        new EngineRemote(
            on, on, machine, new RandomIdSource(seeds.split()), seeds.split(), engineOptions());
    engines.add(engine);
    return engine;
  }

  private static EngineOptions engineOptions() {
    return EngineOptions.DEFAULT;
  }

  /** Makes a volume. */
  public VolumeId createVolume(PageSize pageSize) {
    VolumeId volume = newVolumeId();
    Remote remote = remote();
    patiently(() -> remote.createVolume(new CreateVolume(volume, pageSize)));
    volumes.add(volume);
    return volume;
  }

  VolumeId newVolumeId() {
    return new RandomIdSource(seeds.split()).newVolumeId();
  }

  /** An id for a fork that may come to be. */
  VolumeId newForkId() {
    VolumeId child = newVolumeId();
    forks.add(child);
    return child;
  }

  /** Makes a fork; whether it is certain that it was made. */
  boolean fork(VolumeId parent, Lsn at, VolumeId child) {
    Remote remote = remote();
    try {
      List<LogPage.Entry> found = patiently(() -> remote.log(parent, at, 1).commits());
      if (found.isEmpty() || !found.getFirst().position().lsn().equals(at)) {
        return false;
      }
      Position position = found.getFirst().position();
      patiently(() -> remote.fork(new ForkRequest(parent, position, child)));
    } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Gone e) {
      return false;
    }
    volumes.add(child);
    return true;
  }

  /** Changes what a volume keeps; nothing happens when the engine refuses it. */
  public boolean retain(VolumeId volume, RetainRequest.Change change) {
    Remote remote = remote();
    try {
      patiently(() -> remote.retain(new RetainRequest(volume, change)));
      return true;
    } catch (GraftException.Unavailable
        | GraftException.Corrupt
        | GraftException.Misuse
        | GraftException.NotFound
        | GraftException.Gone e) {
      sim.note("not retained: " + e.getMessage());
      return false;
    }
  }

  /** A way to an engine of one's own. */
  private Remote remote() {
    List<Remote> reachable = new ArrayList<>();
    ObjectStore seen = flaws.stores().apply(store, sim);
    reachable.add(flaws.remotes().apply(engine(seen, machine()), seen));
    for (int i = Math.max(0, engines.size() - 4); i < engines.size() - 1; i++) {
      reachable.add(flaws.remotes().apply(engines.get(i), seen));
    }
    Remote network = FaultyNetwork.between(sim, seeds.split(), plan, hits, reachable);
    return flaws.clients().apply(network, sim);
  }

  /** Opens a replica of a volume, in memory: it stands on the head. */
  public Session open(String client, VolumeId volume) {
    return open(client, volume, remote(), machine());
  }

  /** The same for SQLite. */
  public SqlClient openSql(String client, VolumeId volume) {
    return new SqlClient(this, open(client, volume));
  }

  private Session open(String client, VolumeId volume, Remote remote, Concurrency machine) {
    ReplicaOptions options =
        ReplicaOptions.inMemory(remote, volume, machine, new RandomIdSource(seeds.split()));
    String name = client + ".0";
    long call = recorder.nextCall();
    recorder.add(new Event.Pull(recorder.now(), call, name, volume.toString()));
    Replica replica = patiently(() -> Replica.open(options));
    long lsn = replica.status().position().lsn().value();
    recorder.add(new Event.Told(recorder.now(), call, Event.Outcome.DONE, lsn));
    Session session = new Session(this, name, client, volume, replica);
    sessions.add(session);
    return session;
  }

  /** Plays several parts at once, to the end of all. */
  public void together(List<Callable<Boolean>> parts) throws ExecutionException {
    List<Task<Boolean>> tasks = new ArrayList<>();
    for (Callable<Boolean> part : parts) {
      tasks.add(sim.fork("part", part));
    }
    sim.awaitAll(tasks);
    for (Task<Boolean> task : tasks) {
      task.result();
    }
  }

  /** Ends what goes on, and looks at all that is stored, without faults. */
  public void finish() {
    engines.forEach(EngineRemote::close);
    List.copyOf(sessions).forEach(Session::tellStanding);
    // Puts that are still under way land, or never do.
    sim.pause(SimObjectStore.MAX_LATENESS.multipliedBy(2));
    EngineRemote calm = engine(store.objects(), sim);
    Observer observer = new Observer(store, recorder);
    forks.stream().filter(observer::exists).forEach(volumes::add);
    for (VolumeId volume : volumes) {
      long head = observer.log(volume);
      Session session = open("observer-" + volume, volume, calm, sim);
      SplittableRandom random = seeds.split();
      for (long lsn : observer.someOf(head, random)) {
        session.readWhole(lsn);
      }
    }
    sessions.forEach(Session::close);
    calm.close();
  }
}
