package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Disks that are full again and again, and nothing else that fails. */
class FullDisksTest {
  private static final long ENDED_LATER = 5093;
  private static final FaultPlan FULL = FaultPlan.NONE.with(Fault.DISK_FULL, 0.02);
  private static final int SEEDS = 10;
  private static final Pattern CALL = Pattern.compile("\"call\":\\d+,");

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

  /**
   * A push that did not end for want of room had put what it had done again in the log; it came
   * about when there was room. The judge was told before that, that nothing had come of it.
   */
  @Test
  void play_whatAFullDiskLeftHalfDone_isJudgedByWhatItCameTo() {
    FaultPlan plan = FaultPlan.NONE.with(Fault.CLOCK_SKEW, 0.5).with(Fault.DISK_FULL, 0.0005);
    Player player = new Player(new ReplayingClients(), plan, Flaws.NONE);
    Played played = player.play(ENDED_LATER);
    assertThat(played.findings()).isEmpty();
    assertThat(played.hits().get(Fault.DISK_FULL)).isPositive();
  }

  /** What was done again is done again as before, whenever it came about. */
  @Test
  void play_noProcessIsKilled_whatItRemembersCanAlwaysBeDoneAgain() {
    Player player = new Player(new ReplayingClients(), FULL, Flaws.NONE);
    for (long seed = 11; seed <= 10 + SEEDS; seed++) {
      Set<String> replays = new HashSet<>();
      for (String line : player.play(seed).history()) {
        Matcher call = CALL.matcher(line);
        boolean isCall = call.find();
        if (line.startsWith("{\"event\":\"push\"") && line.contains("\"replay\"")) {
          replays.add(call.group());
        } else if (isCall && line.contains("\"outcome\":\"conflict\"")) {
          assertThat(replays).as("seed %s: %s", seed, line).doesNotContain(call.group());
        }
      }
      assertThat(replays).isNotEmpty();
    }
  }
}
