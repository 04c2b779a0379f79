package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SqliteBankTest {
  private static final long FIRST_SEED = Long.getLong("graft.seed", 1);
  private static final int SEEDS = 3;
  private static final int FLAWED_SEEDS = 40;

  @Test
  void play_worldFails_isCleanShowsCountersAndRepeats() {
    Player player = new Player(new SqliteBank(), Player.USUAL, Flaws.NONE);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      Played first = player.play(seed);
      assertThat(first.findings()).as("seed %s", seed).isEmpty();
      assertThat(first.verdict().commits()).as("commits of seed %s", seed).isGreaterThan(20);
      assertThat(first.history()).anyMatch(line -> line.startsWith("{\"event\":\"shown\""));
      assertThat(player.play(seed).trace())
          .as("the same again, seed %s", seed)
          .isEqualTo(first.trace());
    }
  }

  @Test
  void play_readSetsLackWhatSqliteHadInItsCache_isFound() {
    Flaws flaws = Flaws.NONE.with(Flaws.Slip.FORGETS_CACHED_READS);
    Player player = new Player(new SqliteBank(), FaultPlan.NONE, flaws);
    List<String> findings =
        LongStream.rangeClosed(1, FLAWED_SEEDS)
            .mapToObj(player::play)
            .flatMap(played -> played.findings().stream())
            .limit(1)
            .toList();
    assertThat(findings).as("a flaw that merges write skew").isNotEmpty();
  }
}
