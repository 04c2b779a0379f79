package dev.graft.sim.workload;

import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.util.function.BiFunction;

/** Plays a workload, by name, for a seed in a world without faults; gives what was found. */
public final class Trial implements BiFunction<String, Long, String> {
  @Override
  public String apply(String workload, Long seed) {
    Workload played = Workloads.named(workload).orElseThrow();
    Player player = new Player(played, FaultPlan.NONE, Flaws.NONE);
    return String.join("\n", player.play(seed).findings());
  }
}
