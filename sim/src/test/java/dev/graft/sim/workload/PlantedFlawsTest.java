package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.Flaws.OnUnknown;
import dev.graft.sim.world.Flaws.Slip;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bug in what tolerates a fault is found with the fault on and missed with it off; and without
 * the bug the fault does no harm.
 */
class PlantedFlawsTest {
  private static final int SEEDS = 8;
  private static final int QUIET_SEEDS = 3;

  /**
   * A bug.
   *
   * @param often the fault's probability
   */
  record Planted(Fault fault, double often, Workload workload, Flaws flaws) {
    @Override
    public String toString() {
      return fault.name();
    }
  }

  /** Clients that write a few pages, or many, and read; and one that comes late. */
  record Small(int clients, int transactions, int pages) implements Workload {
    @Override
    public String name() {
      return "small";
    }

    @Override
    public void play(World world) throws Exception {
      VolumeId volume = world.createVolume(StampedPages.SIZE);
      List<Callable<Boolean>> parts = new ArrayList<>();
      for (int i = 1; i <= clients; i++) {
        Session session = world.open("c" + i, volume);
        SplittableRandom random = world.random();
        int number = i;
        parts.add(() -> {
          for (int t = 1; t <= transactions; t++) {
            long stamp = number * 1_000L + t;
            session.insist(
                "c" + number + "-t" + t,
                tx -> {
                  tx.read(1 + random.nextLong(20));
                  for (long page = 1; page <= pages; page++) {
                    long at = page + random.nextLong(20);
                    tx.write(at, StampedPages.of(at, stamp));
                  }
                });
            session.pull();
            session.read(pages -> pages.read(1 + random.nextLong(20)));
          }
          return true;
        });
      }
      world.together(parts);
      world.open("late", volume).read(pages -> pages.read(1));
    }
  }

  static Stream<Planted> planted() {
    Workload small = new Small(2, 10, 2);
    Workload crowd = new Small(5, 12, 2);
    Workload bulk = new Small(1, 10, 300);
    Flaws naive =
        Flaws.NONE.withStores(PlantedFlaws::spy).withRemotes(PlantedFlaws::takenIsConflict);
    Flaws refused = Flaws.NONE.withStores(PlantedFlaws::refusedIsCreated);
    Flaws unproved = Flaws.NONE.withClients(PlantedFlaws::noChecksum);
    Flaws unbounded = Flaws.NONE.withStores(PlantedFlaws::noLastMoment);
    return Stream.of(
        new Planted(
            Fault.PUT_LOST, 0.1, small, Flaws.NONE.withStores(PlantedFlaws::unknownIsCreated)),
        new Planted(Fault.PUT_ANSWER_LOST, 0.1, small, naive),
        new Planted(Fault.PUT_LANDS_LATE, 0.2, small, naive),
        new Planted(Fault.PUT_TOLD_TAKEN, 0.1, small, naive),
        new Planted(Fault.STORE_SLOW, 0.1, small, naive),
        new Planted(Fault.PUT_REFUSED, 0.1, small, refused),
        new Planted(Fault.PUT_CLASHED, 0.1, small, refused),
        new Planted(Fault.STORM, 0.05, small, refused),
        new Planted(
            Fault.GET_REFUSED, 0.2, small, Flaws.NONE.withStores(PlantedFlaws::refusedIsMissing)),
        new Planted(
            Fault.LIST_REFUSED, 0.4, small, Flaws.NONE.withStores(PlantedFlaws::refusedIsEmpty)),
        new Planted(Fault.REMOTE_REQUEST_LOST, 0.1, small, Flaws.NONE.with(OnUnknown.BELIEVES)),
        new Planted(Fault.REMOTE_ANSWER_LOST, 0.1, small, Flaws.NONE.with(OnUnknown.WORKS_ANEW)),
        new Planted(
            Fault.REMOTE_TWICE, 0.3, small, Flaws.NONE.withRemotes(PlantedFlaws::freshKeys)),
        new Planted(
            Fault.REMOTE_REPEATED,
            0.3,
            new Small(1, 20, 2),
            Flaws.NONE.withRemotes(PlantedFlaws::movesOn)),
        new Planted(
            Fault.EDGE_STALE, 0.6, crowd, Flaws.NONE.withClients(PlantedFlaws::missingIsGone)),
        new Planted(Fault.EDGE_COLLAPSED, 0.5, crowd, Flaws.NONE.with(Slip.SCRATCHES)),
        new Planted(Fault.EDGE_LARGER, 0.3, small, Flaws.NONE.with(Slip.TAKES_FIRST_BYTES)),
        new Planted(Fault.EDGE_WHOLE, 0.3, small, Flaws.NONE.with(Slip.TAKES_FIRST_BYTES)),
        new Planted(Fault.CLONED_INSTANCE, 0.5, small, Flaws.NONE.with(Slip.KEEPS_SEED)),
        new Planted(Fault.CLOCK_SKEW, 0.8, bulk, Flaws.NONE.with(Slip.OWN_CLOCK)),
        new Planted(
            Fault.OVERTAKEN, 0.2, crowd, Flaws.NONE.withStores(PlantedFlaws::answersInOrder)),
        new Planted(
            Fault.GET_TRUNCATED, 0.3, small, unproved.withStores(PlantedFlaws::shortIsWhole)),
        new Planted(Fault.REMOTE_SLOW, 0.2, small, Flaws.NONE.withClients(PlantedFlaws::impatient)),
        new Planted(Fault.RANGE_FLIPPED, 0.5, small, unproved),
        new Planted(Fault.RANGE_TRUNCATED, 0.5, small, unproved),
        new Planted(Fault.GET_FLIPPED, 0.2, small, unproved),
        new Planted(Fault.PAUSED_BEFORE, 0.1, bulk, unbounded),
        new Planted(Fault.PAUSED_AFTER, 0.25, bulk, unbounded));
  }

  private static List<Played> play(Planted planted, FaultPlan plan, Flaws flaws, int seeds) {
    Player player = new Player(planted.workload, plan, flaws);
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
    FaultPlan on = FaultPlan.NONE.with(planted.fault, planted.often);
    List<Played> found = play(planted, on, planted.flaws, SEEDS);
    assertThat(findings(found)).as("with the fault").isNotEmpty();
    assertThat(found.stream().mapToLong(p -> p.hits().getOrDefault(planted.fault, 0L)).sum())
        .isPositive();
    assertThat(findings(play(planted, FaultPlan.NONE, planted.flaws, QUIET_SEEDS)))
        .as("without the fault")
        .isEmpty();
    assertThat(findings(play(planted, on, Flaws.NONE, QUIET_SEEDS)))
        .as("without the flaw")
        .isEmpty();
  }
}
