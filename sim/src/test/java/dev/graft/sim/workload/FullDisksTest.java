package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import org.junit.jupiter.api.Test;

/** Disks that are full again and again, and nothing else that fails. */
class FullDisksTest {
  private static final FaultPlan FULL = FaultPlan.NONE.with(Fault.DISK_FULL, 0.02);
  private static final int SEEDS = 10;

  /**
   * A replica whose disk did not let a push end moves when that is mended: a pull that asked before
   * it and landed after it once lost all older pages; and its status could not be asked.
   */
  @Test
  void play_disksAreFullAgainAndAgain_noPageIsLost() {
    Player player = new Player(new ReplayingClients(), FULL, Flaws.NONE);
    for (long seed = 1; seed <= SEEDS; seed++) {
      Played played = player.play(seed);
      assertThat(played.findings()).as("seed %s", seed).isEmpty();
      assertThat(played.hits().getOrDefault(Fault.DISK_FULL, 0L)).isPositive();
    }
  }
}
