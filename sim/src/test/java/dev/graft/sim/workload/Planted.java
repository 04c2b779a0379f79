package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.util.ArrayList;
import java.util.List;

/**
 * A bug in what tolerates a fault.
 *
 * @param fault that brings it to light
 * @param often the fault's probability
 * @param besides what goes wrong whether the fault is on or off
 * @param flaws the bug
 */
record Planted(
    Fault fault, double often, FaultPlan besides, Workload workload, Way way, Flaws flaws) {
  private static final int SEEDS = 8;
  private static final int QUIET_SEEDS = 3;

  /** A bug where clients reach engines in process, and nothing else goes wrong. */
  static Planted of(Fault fault, double often, Workload workload, Flaws flaws) {
    return new Planted(fault, often, FaultPlan.NONE, workload, Way.ENGINES, flaws);
  }

  /** The same where clients reach functions. */
  Planted inFunctions() {
    return new Planted(fault, often, besides, workload, Way.FUNCTIONS, flaws);
  }

  /** It is found with the fault on and missed with it off; without it the fault does no harm. */
  void requireFoundByTheFaultAlone() {
    FaultPlan on = besides.with(fault, often);
    List<Played> found = play(on, flaws, SEEDS);
    assertThat(findings(found)).as("with the fault").isNotEmpty();
    assertThat(hits(found)).as("hits").isPositive();
    assertThat(findings(play(besides, flaws, QUIET_SEEDS))).as("without the fault").isEmpty();
    assertThat(findings(play(on, Flaws.NONE, QUIET_SEEDS))).as("without the flaw").isEmpty();
  }

  private long hits(List<Played> plays) {
    return plays.stream().mapToLong(played -> played.hits().getOrDefault(fault, 0L)).sum();
  }

  /**
   * Up to the first seed that is not clean, and on while the fault was not hit: a power cut at the
   * end of a play finds a flaw and does not count.
   */
  private List<Played> play(FaultPlan plan, Flaws planted, int seeds) {
    Player player = new Player(workload, plan, planted, way);
    List<Played> plays = new ArrayList<>();
    for (long seed = 1; seed <= seeds; seed++) {
      plays.add(player.play(seed));
      if (!findings(plays).isEmpty() && (plan.probability(fault) == 0 || hits(plays) > 0)) {
        break;
      }
    }
    return plays;
  }

  private static List<String> findings(List<Played> plays) {
    return plays.stream().flatMap(played -> played.findings().stream()).toList();
  }

  @Override
  public String toString() {
    return fault.name();
  }
}
