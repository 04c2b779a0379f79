package dev.graft.sim.workload;

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

  static Stream<Planted> planted() {
    FaultPlan none = FaultPlan.NONE;
    FaultPlan kills = none.with(Fault.CLIENT_KILLED, 0.02);
    FaultPlan manyKills = none.with(Fault.CLIENT_KILLED, 0.1);
    return Stream.of(
        planted(Fault.CLIENT_KILLED, 0.02, none, FlawedDisk::keepsInProcess),
        planted(Fault.WRITES_LOST, 1, kills, FlawedDisk::neverSyncs),
        planted(Fault.WRITE_TORN, 1, manyKills, FlawedDisk::believesRecords),
        planted(Fault.WRITES_REORDERED, 1, kills, FlawedDisk::placesUnsynced),
        planted(Fault.DISK_FULL, 0.02, none, FlawedDisk::fullIsWritten));
  }

  private static Planted planted(
      Fault fault, double often, FaultPlan besides, UnaryOperator<Disk> flaw) {
    Flaws flaws = Flaws.NONE.withDisks(flaw);
    return new Planted(fault, often, besides, new Away(), Way.ENGINES, flaws);
  }

  @ParameterizedTest
  @MethodSource("planted")
  void play_plantedFlaw_isFoundWithTheFaultAndMissedWithout(Planted planted) {
    planted.requireFoundByTheFaultAlone();
  }
}
