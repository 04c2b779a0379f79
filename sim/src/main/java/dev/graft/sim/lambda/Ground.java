package dev.graft.sim.lambda;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.remote.Remote;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimObjectStore;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * What a deployed product stands on.
 *
 * @param sim its time and its tasks
 * @param store of everything
 * @param random decides what goes wrong, and where requests go
 * @param plan what goes wrong, and how often
 * @param hits where that is counted
 * @param edge answers ranges
 * @param machines one for each instance of a function
 * @param stores what each instance gets in place of the store
 * @param engines what each instance gets in place of its engine; beside it the store that it sees
 */
public record Ground(
    SimConcurrency sim,
    SimObjectStore store,
    SplittableRandom random,
    FaultPlan plan,
    FaultHits hits,
    RangeEdge edge,
    Supplier<Machine> machines,
    UnaryOperator<ObjectStore> stores,
    BiFunction<Remote, ObjectStore, Remote> engines) {

  /**
   * One machine.
   *
   * @param concurrency with its clock
   * @param random its random numbers
   * @param stores gives the store as it reaches it
   * @param serves is told when it is ready: from then on its random numbers are its own
   */
  public record Machine(
      Concurrency concurrency,
      RandomGenerator random,
      UnaryOperator<ObjectStore> stores,
      Runnable serves) {}
}
