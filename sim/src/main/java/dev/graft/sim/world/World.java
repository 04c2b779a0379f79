package dev.graft.sim.world;

import dev.graft.client.ReplicaOptions.Limits;
import dev.graft.concurrency.Task;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.Swept;
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
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimObjectStore;
import dev.graft.sim.SimProcess;
import dev.graft.sim.StoreLatencies;
import dev.graft.sim.disk.SimDisk;
import dev.graft.sim.judge.Event;
import dev.graft.sim.world.Instances.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One simulated store, engines on it, and clients with what lies between. Each client has an
 * engine, a clock and a network of its own; or all of them reach, over HTTP, functions that are
 * deployed once. Used by tasks of its simulation only.
 */
public final class World implements AutoCloseable {
  private static final int MAX_TRIES = 60;
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Of clients: more than the ids of segments may be off. */
  private static final Duration LARGEST_SKEW = Duration.ofMinutes(20);

  /** Of so many clients one puts next to nothing into a commit itself. */
  private static final int CLIENTS_PER_SEGMENTING = 4;

  /** The most that such a client puts there; half of them put nothing. */
  private static final int FEW_BYTES = 1_500;

  private final SimConcurrency sim;
  private final FaultPlan plan;
  private final FaultHits hits;
  private final Flaws flaws;
  private final SplittableRandom seeds;
  private final SimObjectStore store;
  private final Recorder recorder;
  private final Instances instances;
  private final Clocks clocks;

  /** Also where clients reach functions: for those who look after a world. */
  private final Engines engines;

  /** What clients reach: the engines, or functions. */
  private final Serving serving;

  private final List<VolumeId> volumes = new ArrayList<>();

  /** Volumes that may have come to be. */
  private final List<VolumeId> forks = new ArrayList<>();

  private final List<Client> clients = new ArrayList<>();
  private final List<SimDisk> disks = new ArrayList<>();
  private final boolean disksFail;
  private final boolean damages;
  private final boolean deployed;

  /**
   * An empty world.
   *
   * @param deployed whether clients speak HTTP to functions, or else to engines in process
   */
  public World(
      SimConcurrency sim,
      long seed,
      FaultPlan plan,
      FaultHits hits,
      Flaws flaws,
      boolean deployed) {
    this.sim = sim;
    this.plan = plan;
    this.hits = hits;
    this.flaws = flaws;
    this.seeds = new SplittableRandom(seed);
    this.store = new SimObjectStore(sim, seeds.nextLong(), StoreLatencies.s3(), plan, hits);
    this.recorder = new Recorder(sim);
    this.clocks = new Clocks(plan, seeds.split());
    Edge edge = new Edge(sim, store, seeds.split(), plan, hits, flaws.slips());
    this.instances = new Instances(seeds.split(), plan, hits, flaws.slips());
    this.damages =
        List.of(Fault.GET_TRUNCATED, Fault.GET_FLIPPED, Fault.RANGE_TRUNCATED, Fault.RANGE_FLIPPED)
            .stream()
            .anyMatch(fault -> plan.probability(fault) > 0);
    this.disksFail =
        plan.probability(Fault.CLIENT_KILLED) > 0 || plan.probability(Fault.DISK_FULL) > 0;
    if (damages) {
      sim.expectDamage();
    }
    this.deployed = deployed;
    this.engines = new Engines(sim, store, seeds.split(), plan, hits, flaws, edge, instances);
    this.serving =
        deployed
            ? new OverHttp(sim, store, seeds.split(), plan, hits, flaws, edge, instances)
            : engines;
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
   * @throws GraftException when it goes on failing
   */
  <T> T patiently(Supplier<T> request) {
    for (int tries = 1; ; tries++) {
      try {
        return request.get();
      } catch (GraftException.Unavailable e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      } catch (GraftException.Limit e) {
        if ((!disksFail && !deployed) || tries == MAX_TRIES) {
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

  /** Makes a volume. */
  public VolumeId createVolume(PageSize pageSize) {
    VolumeId volume = newVolumeId();
    Remote remote = serving.operator();
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

  /**
   * Makes a fork; whether it is certain that it was made.
   *
   * @throws GraftException.Gone when the history that it needs was given up
   */
  boolean fork(VolumeId parent, Lsn at, VolumeId child) {
    Remote remote = serving.operator();
    try {
      List<LogPage.Entry> found = patiently(() -> remote.log(parent, at, 1).commits());
      if (found.isEmpty() || !found.getFirst().position().lsn().equals(at)) {
        return false;
      }
      Position position = found.getFirst().position();
      patiently(() -> remote.fork(new ForkRequest(parent, position, child)));
    } catch (GraftException.Unavailable | GraftException.Corrupt e) {
      return false;
    }
    volumes.add(child);
    return true;
  }

  /** Changes what a volume keeps; nothing happens when the engine refuses it. */
  public boolean retain(VolumeId volume, Change change) {
    switch (change) {
      case Change.FloorAt(Lsn lsn) -> retains(volume, lsn.value(), -1);
      case Change.FloorOlderThan(Duration age) -> retains(volume, -1, age.toNanos());
      // These alone give nothing up.
      case Change.Retention retention -> {}
      case Change.Keep keep -> {}
    }
    Remote remote = serving.operator();
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

  private void retains(VolumeId volume, long below, long age) {
    recorder.add(new Event.Retain(recorder.now(), volume.toString(), below, age));
  }

  /**
   * Looks after a whole volume with an engine that nobody else has; whether that came to an end.
   */
  public boolean lookAfter(VolumeId volume) {
    EngineRemote engine = engines.another();
    try {
      Swept swept = patiently(() -> engine.sweep(volume));
      sim.note("looked after: " + swept);
      return true;
    } catch (GraftException.Unavailable | GraftException.Corrupt e) {
      sim.note("not looked after: " + e.getMessage());
      return false;
    }
  }

  /** The same for SQLite. */
  public SqlClient openSql(String client, VolumeId volume) {
    return new SqlClient(this, open(client, volume));
  }

  /** Opens a replica of a volume, on a disk when disks can fail: it stands on the head. */
  public Session open(String client, VolumeId volume) {
    Optional<SimDisk> disk =
        disksFail
            ? Optional.of(new SimDisk(sim, seeds.split(), plan, hits, flaws.disks()))
            : Optional.empty();
    disk.ifPresent(disks::add);
    Instance instance = instances.next();
    Duration ahead = clocks.next(LARGEST_SKEW);
    Function<SimProcess, Remote> network = serving.client(volume, instance, ahead);
    Client.Machine machine =
        new Client.Machine(network, ahead, hits, disk, instance, inlineBytes());
    Session session = open(client, volume, machine);
    instance.serves();
    return session;
  }

  /** Some put what they write into segments, however little it is. */
  private int inlineBytes() {
    if (seeds.nextInt(CLIENTS_PER_SEGMENTING) > 0) {
      return Limits.MOST_INLINE_BYTES;
    }
    return seeds.nextBoolean() ? 0 : FEW_BYTES;
  }

  private Session open(String name, VolumeId volume, Client.Machine machine) {
    long call = recorder.nextCall();
    recorder.add(new Event.Pull(recorder.now(), call, name + ".0", volume.toString()));
    Client client = new Client(this, name, volume, machine);
    // A process that was killed on its way may have left what is not new any more.
    boolean atOnce = client.life().number() == 0;
    long lsn = client.life().replica().status().position().lsn().value();
    Event.Outcome outcome = atOnce ? Event.Outcome.DONE : Event.Outcome.UNKNOWN;
    recorder.add(new Event.Told(recorder.now(), call, outcome, atOnce ? lsn : 0));
    clients.add(client);
    return new Session(this, client);
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
    boolean kills = plan.probability(Fault.CLIENT_KILLED) > 0;
    List.copyOf(clients).forEach(client -> client.end(kills));
    engines.end();
    if (serving != engines) {
      serving.end();
    }
    // Puts that are still under way land, or never do.
    sim.pause(SimObjectStore.MAX_LATENESS.multipliedBy(2));
    EngineRemote calm = engines.calm();
    Observer observer = new Observer(store, recorder);
    forks.stream().filter(observer::exists).forEach(volumes::add);
    for (VolumeId volume : volumes) {
      long head = observer.log(volume);
      Client.Machine machine =
          new Client.Machine(
              process -> calm,
              Duration.ZERO,
              hits,
              Optional.<SimDisk>empty(),
              instances.fresh(),
              Limits.MOST_INLINE_BYTES);
      Session session = open("observer-" + volume, volume, machine);
      SplittableRandom random = seeds.split();
      for (long lsn : observer.someOf(head, random)) {
        session.readWhole(lsn);
      }
    }
    clients.forEach(Client::close);
    calm.close();
  }

  /** Gives the memory back; the simulation has ended. */
  @Override
  public void close() {
    disks.forEach(SimDisk::close);
  }
}
