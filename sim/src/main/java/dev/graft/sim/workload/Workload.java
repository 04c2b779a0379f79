package dev.graft.sim.workload;

import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.World;

/** What clients do in a world. Whatever it does follows from the world's seed. */
public interface Workload {
  /** What it is called on the command line. */
  String name();

  /** The faults that it is played with, out of those that are usual. */
  default FaultPlan plan(FaultPlan usual) {
    return usual;
  }

  /** Plays all of it, as a task of the world's simulation. */
  void play(World world) throws Exception;
}
