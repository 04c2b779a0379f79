package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.disk.Disk;
import dev.graft.sim.world.Flaws;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bug in what a client does about its disk is found with the fault on and missed with it off, be
 * processes killed or not; and without the bug the fault does no harm.
 */
class PlantedDiskFlawsTest {
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
