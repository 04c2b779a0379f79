package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.workload.PlantedFlawsTest.Planted;
import dev.graft.sim.workload.PlantedFlawsTest.Small;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.Flaws.OnUnknown;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same of the faults of deployed functions: a bug in what tolerates one is found with the fault
 * on and missed with it off; and without the bug the fault does no harm.
 */
class PlantedFunctionFlawsTest {
  private static final int SEEDS = 8;
  private static final int QUIET_SEEDS = 3;

  static Stream<Planted> planted() {
    Workload small = new Small(2, 10, 2);
    Workload alone = new Small(1, 20, 2);
    Flaws believes = Flaws.NONE.with(OnUnknown.BELIEVES);
    Flaws anew = Flaws.NONE.with(OnUnknown.WORKS_ANEW);
    return Stream.of(
        new Planted(Fault.INVOCATION_LOST, 0.1, small, believes),
        new Planted(Fault.INVOCATION_REFUSED, 0.1, small, believes),
        new Planted(Fault.RESPONSE_LOST_AT_FUNCTION, 0.1, small, anew),
        new Planted(Fault.RESPONSE_LOST_AT_CLIENT, 0.1, small, anew),
        new Planted(
            Fault.INVOCATION_DUPLICATED,
            0.3,
            small,
            Flaws.NONE.withRemotes(PlantedFlaws::freshKeys)),
        new Planted(
            Fault.INVOCATION_LATE, 0.2, alone, Flaws.NONE.withRemotes(PlantedFlaws::movesOn)),
        new Planted(
            Fault.INSTANCE_FROZEN,
            0.1,
            small,
            Flaws.NONE.withStores(PlantedFlaws::spy).withRemotes(PlantedFlaws::takenIsConflict)));
  }

  private static List<Played> play(Planted planted, FaultPlan plan, Flaws flaws, int seeds) {
    Player player = new Player(planted.workload(), plan, flaws, Way.FUNCTIONS);
    List<Played> plays = new ArrayList<>();
    for (long seed = 1; seed <= seeds; seed++) {
      plays.add(player.play(seed));
      if (!plays.getLast().isClean()) {
        break;
      }
    }
    return plays;
  }

  private static List<String> findings(List<Played> plays) {
    return plays.stream().flatMap(played -> played.findings().stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("planted")
  void play_plantedFlaw_isFoundWithTheFaultAndMissedWithout(Planted planted) {
    FaultPlan on = FaultPlan.NONE.with(planted.fault(), planted.often());
    List<Played> found = play(planted, on, planted.flaws(), SEEDS);
    assertThat(findings(found)).as("with the fault").isNotEmpty();
    assertThat(found.stream().mapToLong(p -> p.hits().getOrDefault(planted.fault(), 0L)).sum())
        .isPositive();
    assertThat(findings(play(planted, FaultPlan.NONE, planted.flaws(), QUIET_SEEDS)))
        .as("without the fault")
        .isEmpty();
    assertThat(findings(play(planted, on, Flaws.NONE, QUIET_SEEDS)))
        .as("without the flaw")
        .isEmpty();
  }
}
