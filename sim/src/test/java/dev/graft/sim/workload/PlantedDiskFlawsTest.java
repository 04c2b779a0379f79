package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.disk.Disk;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.world.Changes;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bug in what a client does about its disk is found with the fault on and missed with it off, be
 * processes killed or not; and without the bug the fault does no harm.
 */
class PlantedDiskFlawsTest {
  private static final int SEEDS = 8;
  private static final int QUIET_SEEDS = 3;

  /** Clients that commit pages locally that cannot be compressed, read them, and push. */
  private static final class Away implements Workload {
    private static final int CLIENTS = 2;
    private static final int TRIPS = 4;
    private static final int TRANSACTIONS = 4;
    private static final int PAGES = 20;
    private static final int WRITTEN = 5;

    @Override
    public String name() {
      return "away";
    }

    @Override
    public void play(World world) throws Exception {
      VolumeId volume = world.createVolume(StampedPages.SIZE);
      List<Callable<Boolean>> parts = new ArrayList<>();
      for (int i = 1; i <= CLIENTS; i++) {
        Session session = world.open("c" + i, volume);
        SplittableRandom random = world.random();
        parts.add(() -> {
          for (int trip = 1; trip <= TRIPS; trip++) {
            for (int t = 1; t <= TRANSACTIONS; t++) {
              String work = session.client() + "-" + trip + "-" + t;
              session.transactLocally(work, tx -> write(tx, random));
              session.read(pages -> pages.read(1 + random.nextLong(PAGES)));
            }
            if (session.push().outcome() == Outcome.CONFLICT) {
              session.discard();
            }
            session.pull();
          }
          return true;
        });
      }
      world.together(parts);
    }

    private static void write(Changes tx, SplittableRandom random) {
      long first = 1 + random.nextLong(PAGES - WRITTEN);
      for (long page = first; page < first + WRITTEN; page++) {
        byte[] content = new byte[StampedPages.SIZE.bytes()];
        random.nextBytes(content);
        tx.write(page, content);
      }
    }
  }

  /**
   * A bug.
   *
   * @param besides what goes wrong whether the fault is on or off
   * @param often the fault's probability
   */
  record Planted(Fault fault, FaultPlan besides, double often, UnaryOperator<Disk> flaw) {
    @Override
    public String toString() {
      return fault.name();
    }
  }

  static Stream<Planted> planted() {
    FaultPlan kills = FaultPlan.NONE.with(Fault.CLIENT_KILLED, 0.02);
    return Stream.of(
        new Planted(Fault.CLIENT_KILLED, FaultPlan.NONE, 0.02, FlawedDisk::keepsInProcess),
        new Planted(Fault.WRITES_LOST, kills, 1, FlawedDisk::neverSyncs),
        new Planted(
            Fault.WRITE_TORN, kills.with(Fault.CLIENT_KILLED, 0.1), 1, FlawedDisk::believesRecords),
        new Planted(Fault.WRITES_REORDERED, kills, 1, FlawedDisk::placesUnsynced),
        new Planted(Fault.DISK_FULL, FaultPlan.NONE, 0.02, FlawedDisk::fullIsWritten));
  }

  private static List<Played> play(FaultPlan plan, Flaws flaws, int seeds) {
    Player player = new Player(new Away(), plan, flaws);
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
    FaultPlan on = planted.besides.with(planted.fault, planted.often);
    Flaws flaws = Flaws.NONE.withDisks(planted.flaw);
    List<Played> found = play(on, flaws, SEEDS);
    assertThat(findings(found)).as("with the fault").isNotEmpty();
    assertThat(found.stream().mapToLong(p -> p.hits().getOrDefault(planted.fault, 0L)).sum())
        .isPositive();
    assertThat(findings(play(planted.besides, flaws, QUIET_SEEDS)))
        .as("without the fault")
        .isEmpty();
    assertThat(findings(play(on, Flaws.NONE, QUIET_SEEDS))).as("without the flaw").isEmpty();
  }
}
