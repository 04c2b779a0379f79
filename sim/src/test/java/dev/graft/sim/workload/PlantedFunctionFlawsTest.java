package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.Flaws.OnUnknown;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same of the faults of deployed functions: a bug in what tolerates one is found with the fault
 * on and missed with it off; and without the bug the fault does no harm.
 */
class PlantedFunctionFlawsTest {
  static Stream<Planted> planted() {
    Workload small = new Small(2, 10, 2);
    Workload alone = new Small(1, 20, 2);
    Flaws believes = Flaws.NONE.with(OnUnknown.BELIEVES);
    Flaws anew = Flaws.NONE.with(OnUnknown.WORKS_ANEW);
    Stream<Planted> planted =
        Stream.of(
            Planted.of(Fault.INVOCATION_LOST, 0.1, small, believes),
            Planted.of(Fault.INVOCATION_REFUSED, 0.1, small, believes),
            Planted.of(Fault.RESPONSE_LOST_AT_FUNCTION, 0.1, small, anew),
            Planted.of(Fault.RESPONSE_LOST_AT_CLIENT, 0.1, small, anew),
            Planted.of(
                Fault.INVOCATION_DUPLICATED,
                0.3,
                small,
                Flaws.NONE.withRemotes(PlantedFlaws::freshKeys)),
            Planted.of(
                Fault.INVOCATION_LATE, 0.2, alone, Flaws.NONE.withRemotes(PlantedFlaws::movesOn)),
            Planted.of(
                Fault.INSTANCE_FROZEN,
                0.1,
                small,
                Flaws.NONE
                    .withStores(PlantedFlaws::spy)
                    .withRemotes(PlantedFlaws::takenIsConflict)));
    return planted.map(Planted::inFunctions);
  }

  @ParameterizedTest
  @MethodSource("planted")
  void play_plantedFlaw_isFoundWithTheFaultAndMissedWithout(Planted planted) {
    planted.requireFoundByTheFaultAlone();
  }
}
