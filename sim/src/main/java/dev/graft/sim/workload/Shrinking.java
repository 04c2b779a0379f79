package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import java.util.EnumSet;
import java.util.Set;

/**
 * Finds out which faults a failing seed needs: those that were never hit are left out at once, the
 * others one after the other. A fault that is left out changes nothing of what it never did: the
 * others happen where they did before.
 */
final class Shrinking {
  private Player player;
  private Played failed;

  private Shrinking(Player player, Played failed) {
    this.player = player;
    this.failed = failed;
  }

  /**
   * The smallest play that was found.
   *
   * @param player of it
   * @param played what came of it: it fails, and with any one of its faults less it does not, or
   *     not as far as was tried
   */
  record Smallest(Player player, Played played) {
    /** The faults that it needs: each of them was hit. */
    Set<Fault> needed() {
      return hit(played, player.plan().faults());
    }
  }

  private static Set<Fault> hit(Played played, Set<Fault> faults) {
    Set<Fault> hit = EnumSet.noneOf(Fault.class);
    for (Fault fault : faults) {
      if (played.hits().getOrDefault(fault, 0L) > 0) {
        hit.add(fault);
      }
    }
    return hit;
  }

  /** Leaves out of a failing play all that it does not need to fail. */
  static Smallest smallest(Player player, Played failed) {
    Shrinking shrinking = new Shrinking(player, failed);
    shrinking.leaveOutIdle();
    for (Fault fault : shrinking.player.plan().faults()) {
      if (shrinking.player.plan().faults().contains(fault)) {
        shrinking.leaveOut(EnumSet.of(fault));
        shrinking.leaveOutIdle();
      }
    }
    return new Smallest(shrinking.player, shrinking.failed);
  }

  /** Leaves out what was never hit. */
  private void leaveOutIdle() {
    Set<Fault> idle = EnumSet.noneOf(Fault.class);
    idle.addAll(player.plan().faults());
    idle.removeAll(hit(failed, idle));
    if (!idle.isEmpty() && !leaveOut(idle)) {
      // One of them did something that counts as no hit.
      idle.forEach(fault -> leaveOut(EnumSet.of(fault)));
    }
  }

  private boolean leaveOut(Set<Fault> faults) {
    Player smaller = player;
    for (Fault fault : faults) {
      smaller = smaller.without(fault);
    }
    Played played = smaller.play(failed.seed());
    if (played.isClean()) {
      return false;
    }
    player = smaller;
    failed = played;
    return true;
  }
}
