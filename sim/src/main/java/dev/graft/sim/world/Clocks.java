package dev.graft.sim.world;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import java.time.Duration;
import java.util.SplittableRandom;

/** By how much clocks are off, as a seed decides. */
record Clocks(FaultPlan plan, SplittableRandom random) {
  /**
   * By how much the next one is ahead; negative for behind, zero when it is right.
   *
   * @param largest the most that it may be off
   */
  Duration next(Duration largest) {
    if (plan.draw(random, Fault.CLOCK_SKEW).isEmpty()) {
      return Duration.ZERO;
    }
    long most = largest.toMillis();
    return Duration.ofMillis(random.nextLong(-most, most));
  }
}
