package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SqliteBankTest {
  private static final long FIRST_SEED = Long.getLong("graft.seed", 1);
  private static final int SEEDS = 3;
  private static final int FLAWED_SEEDS = 40;
  private static final Pattern LATER_COMMIT =
      Pattern.compile("\"event\":\"commit\".*\"session\":\"c\\d\\.[1-9]");

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

  /**
   * In a world like that of the seed below the first page could not be had for ten seconds, a
   * connection was tried again and again without a pause, and nobody was told why it failed.
   */
  @Test
  void play_edgeIsStaleForLong_connectionsOpenInTheEnd() {
    FaultPlan stale = FaultPlan.NONE.with(Fault.EDGE_STALE, 0.9);
    Played played = new Player(new SqliteBank(), stale, Flaws.NONE).play(3400);
    assertThat(played.findings()).isEmpty();
    assertThat(played.hits().get(Fault.EDGE_STALE)).isPositive();
    assertThat(new Player(new SqliteBank(), Player.USUAL, Flaws.NONE).play(3400).findings())
        .isEmpty();
  }

  /**
   * A push landed, a full disk did not let that be noted, and the next try of the same call found
   * nothing left to do: the history said that there had been nothing to push.
   */
  @Test
  void play_fullDiskHidesThatAPushLanded_isClean() {
    Player player = new Player(new SqliteBank(), Player.USUAL, Flaws.NONE, Way.FUNCTIONS);
    assertThat(player.play(6097).findings()).isEmpty();
  }

  /** SQLite's connections are thrown away, and others opened on what the disk kept. */
  @Test
  void play_clientsAreKilledAgainAndAgain_isCleanAndGoesOnInTheNextProcesses() {
    FaultPlan kills = Player.USUAL.with(Fault.CLIENT_KILLED, 0.02);
    Player player = new Player(new SqliteBank(), kills, Flaws.NONE);
    Map<Fault, Long> hits = new EnumMap<>(Fault.class);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      Played played = player.play(seed);
      assertThat(played.findings()).as("seed %s", seed).isEmpty();
      assertThat(played.history())
          .as("commits of later processes, seed %s", seed)
          .anyMatch(line -> LATER_COMMIT.matcher(line).find());
      played.hits().forEach((fault, count) -> hits.merge(fault, count, Long::sum));
    }
    assertThat(hits.get(Fault.CLIENT_KILLED)).isGreaterThan(20);
    assertThat(hits).containsKeys(Fault.WRITES_LOST, Fault.WRITE_TORN, Fault.WRITES_REORDERED);
    assertThat(player.play(FIRST_SEED).trace()).isEqualTo(player.play(FIRST_SEED).trace());
  }

  @Test
  void play_localCommitsAreNeverSynced_isFoundWhenThePowerGoesWithAKilledClient() {
    Flaws flaws = Flaws.NONE.withDisks(FlawedDisk::neverSyncs);
    FaultPlan kills = FaultPlan.NONE.with(Fault.CLIENT_KILLED, 0.01);
    assertThat(firstFinding(kills.with(Fault.WRITES_LOST, 1), flaws, FLAWED_SEEDS))
        .as("with power cuts")
        .isNotEmpty();
    assertThat(firstFinding(kills, flaws, SEEDS)).as("without").isEmpty();
    assertThat(firstFinding(kills.with(Fault.WRITES_LOST, 1), Flaws.NONE, SEEDS))
        .as("without the flaw")
        .isEmpty();
  }

  private static List<String> firstFinding(FaultPlan plan, Flaws flaws, int seeds) {
    Player player = new Player(new SqliteBank(), plan, flaws);
    return LongStream.rangeClosed(1, seeds)
        .mapToObj(player::play)
        .flatMap(played -> played.findings().stream())
        .limit(1)
        .toList();
  }

  @Test
  void play_readSetsLackWhatSqliteHadInItsCache_isFound() {
    Flaws flaws = Flaws.NONE.with(Flaws.Slip.FORGETS_CACHED_READS);
    assertThat(firstFinding(FaultPlan.NONE, flaws, FLAWED_SEEDS))
        .as("a flaw that merges write skew")
        .isNotEmpty();
  }
}
