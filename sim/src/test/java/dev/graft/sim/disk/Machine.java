package dev.graft.sim.disk;

import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.Killed;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.SimProcess;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/** A machine whose processes a test starts and kills by hand. */
final class Machine {
  final SimConcurrency sim;
  final FaultHits hits = new FaultHits();
  private final SimDisk disk;
  private int processes;

  Machine(long seed, FaultPlan plan) {
    this(seed, plan, UnaryOperator.identity());
  }

  Machine(long seed, FaultPlan plan, UnaryOperator<Disk> between) {
    this.sim = new SimConcurrency(seed);
    this.disk = new SimDisk(sim, new SplittableRandom(seed), plan, hits, between);
  }

  /** What a process does with its root. */
  interface Body<T> {
    T run(Path root) throws Exception;
  }

  <T> T play(Callable<T> all) throws Exception {
    try (disk) {
      return sim.run(all);
    }
  }

  /** Runs a process to the end of its body, then kills it. */
  <T> T process(Body<T> body) throws Exception {
    SimProcess process = new SimProcess(sim, "p" + processes++);
    try {
      return body.run(disk.mount(process));
    } finally {
      if (!process.isDead()) {
        disk.kill(process);
      }
    }
  }

  /** The same with one that may be killed before; whether it was. */
  boolean dies(Body<?> body) throws Exception {
    try {
      process(body);
      return false;
    } catch (Killed e) {
      return true;
    }
  }
}
