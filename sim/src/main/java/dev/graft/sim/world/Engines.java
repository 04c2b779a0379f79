package dev.graft.sim.world;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimObjectStore;
import dev.graft.sim.SimProcess;
import dev.graft.sim.SkewedConcurrency;
import dev.graft.sim.SkewedWriter;
import dev.graft.sim.world.Instances.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Engines in process, one for each client, each with a clock of its own, behind networks that fail.
 * Ranges are read through the engine, or through the edge.
 */
final class Engines implements Serving {
  private static final Duration LARGEST_SKEW = Duration.ofMinutes(4);

  /** A request that arrives twice may meet one of the newest engines beside the client's own. */
  private static final int OTHERS = 3;

  private final SimConcurrency sim;
  private final SimObjectStore store;
  private final SplittableRandom random;
  private final FaultPlan plan;
  private final FaultHits hits;
  private final Flaws flaws;
  private final Edge edge;
  private final Instances instances;
  private final Clocks clocks;
  private final List<EngineRemote> engines = new ArrayList<>();

  Engines(
      SimConcurrency sim,
      SimObjectStore store,
      SplittableRandom random,
      FaultPlan plan,
      FaultHits hits,
      Flaws flaws,
      Edge edge,
      Instances instances) {
    this.sim = sim;
    this.store = store;
    this.random = random;
    this.plan = plan;
    this.hits = hits;
    this.flaws = flaws;
    this.edge = edge;
    this.instances = instances;
    this.clocks = new Clocks(plan, random.split());
  }

  /** Another one that is nobody's clone. */
  EngineRemote another() {
    return engine(flaws.stores().apply(store, sim), instances.fresh());
  }

  /** Another one that nothing fails. */
  EngineRemote calm() {
    return made(store.objects(), sim, instances.fresh());
  }

  private EngineRemote engine(ObjectStore seen, Instance instance) {
    Duration ahead = clocks.next(LARGEST_SKEW);
    return ahead.isZero()
        ? made(seen, sim, instance)
        : made(new SkewedWriter(seen, store, hits), new SkewedConcurrency(sim, ahead), instance);
  }

  private EngineRemote made(ObjectStore on, Concurrency machine, Instance instance) {
    EngineRemote engine =
        new EngineRemote(
            on,
            on,
            machine,
            new RandomIdSource(instance.random()),
            instance.random(),
            EngineOptions.DEFAULT);
    engines.add(engine);
    return engine;
  }

  @Override
  public Remote operator() {
    return remote(instances.fresh());
  }

  @Override
  public Function<SimProcess, Remote> client(VolumeId volume, Instance instance, Duration ahead) {
    Remote remote = remote(instance);
    Remote met =
        flaws.slips().contains(Flaws.Slip.OWN_CLOCK)
            ? OwnClock.before(remote, () -> sim.instant().plus(ahead))
            : remote;
    return process -> met;
  }

  private Remote remote(Instance instance) {
    List<Remote> reachable = new ArrayList<>();
    ObjectStore seen = flaws.stores().apply(store, sim);
    reachable.add(flaws.remotes().apply(engine(seen, instance), seen));
    for (int i = Math.max(0, engines.size() - 1 - OTHERS); i < engines.size() - 1; i++) {
      reachable.add(flaws.remotes().apply(engines.get(i), seen));
    }
    if (random.nextBoolean()) {
      reachable.replaceAll(edge::before);
    }
    Remote network = FaultyNetwork.between(sim, random.split(), plan, hits, reachable);
    return flaws.clients().apply(network, sim);
  }

  @Override
  public void end() {
    engines.forEach(EngineRemote::close);
  }
}
