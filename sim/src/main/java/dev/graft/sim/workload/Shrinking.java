package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import java.util.EnumSet;
import java.util.Set;

/** Finds out which faults a failing seed needs, by leaving out one after the other. */
final class Shrinking {
  private Shrinking() {}

  /** A set of faults with which the seed still fails, and does not with any one less. */
  static Set<Fault> neededFaults(Player player, Played failed) {
    Player smallest = player;
    for (Fault fault : player.plan().faults()) {
      Player smaller = smallest.without(fault);
      if (!smaller.play(failed.seed()).isClean()) {
        smallest = smaller;
      }
    }
    Set<Fault> needed = EnumSet.noneOf(Fault.class);
    needed.addAll(smallest.plan().faults());
    return needed;
  }
}
