package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.Flaws.OnUnknown;
import dev.graft.sim.world.Flaws.Slip;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bug in what tolerates a fault is found with the fault on and missed with it off; and without
 * the bug the fault does no harm.
 */
class PlantedFlawsTest {
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
        Planted.of(
            Fault.PUT_LOST, 0.1, small, Flaws.NONE.withStores(PlantedFlaws::unknownIsCreated)),
        Planted.of(Fault.PUT_ANSWER_LOST, 0.1, small, naive),
        Planted.of(Fault.PUT_LANDS_LATE, 0.2, small, naive),
        Planted.of(Fault.PUT_TOLD_TAKEN, 0.1, small, naive),
        Planted.of(Fault.STORE_SLOW, 0.1, small, naive),
        Planted.of(Fault.PUT_REFUSED, 0.1, small, refused),
        Planted.of(Fault.PUT_CLASHED, 0.1, small, refused),
        Planted.of(Fault.STORM, 0.05, small, refused),
        Planted.of(
            Fault.GET_REFUSED, 0.2, small, Flaws.NONE.withStores(PlantedFlaws::refusedIsMissing)),
        Planted.of(
            Fault.LIST_REFUSED, 0.4, small, Flaws.NONE.withStores(PlantedFlaws::refusedIsEmpty)),
        Planted.of(Fault.REMOTE_REQUEST_LOST, 0.1, small, Flaws.NONE.with(OnUnknown.BELIEVES)),
        Planted.of(Fault.REMOTE_ANSWER_LOST, 0.1, small, Flaws.NONE.with(OnUnknown.WORKS_ANEW)),
        Planted.of(Fault.REMOTE_TWICE, 0.3, small, Flaws.NONE.withRemotes(PlantedFlaws::freshKeys)),
        Planted.of(
            Fault.REMOTE_REPEATED,
            0.3,
            new Small(1, 20, 2),
            Flaws.NONE.withRemotes(PlantedFlaws::movesOn)),
        Planted.of(
            Fault.EDGE_STALE, 0.6, crowd, Flaws.NONE.withClients(PlantedFlaws::missingIsGone)),
        Planted.of(Fault.EDGE_COLLAPSED, 0.5, crowd, Flaws.NONE.with(Slip.SCRATCHES)),
        Planted.of(Fault.EDGE_LARGER, 0.3, small, Flaws.NONE.with(Slip.TAKES_FIRST_BYTES)),
        Planted.of(Fault.EDGE_WHOLE, 0.3, small, Flaws.NONE.with(Slip.TAKES_FIRST_BYTES)),
        Planted.of(Fault.CLONED_INSTANCE, 0.5, small, Flaws.NONE.with(Slip.KEEPS_SEED)),
        Planted.of(Fault.CLOCK_SKEW, 0.8, bulk, Flaws.NONE.with(Slip.OWN_CLOCK)),
        Planted.of(
            Fault.OVERTAKEN, 0.2, crowd, Flaws.NONE.withStores(PlantedFlaws::answersInOrder)),
        Planted.of(
            Fault.GET_TRUNCATED, 0.3, small, unproved.withStores(PlantedFlaws::shortIsWhole)),
        Planted.of(Fault.REMOTE_SLOW, 0.2, small, Flaws.NONE.withClients(PlantedFlaws::impatient)),
        Planted.of(Fault.RANGE_FLIPPED, 0.5, small, unproved),
        Planted.of(Fault.RANGE_TRUNCATED, 0.5, small, unproved),
        Planted.of(Fault.GET_FLIPPED, 0.2, small, unproved),
        Planted.of(Fault.PAUSED_BEFORE, 0.1, bulk, unbounded),
        Planted.of(Fault.PAUSED_AFTER, 0.25, bulk, unbounded));
  }

  @ParameterizedTest
  @MethodSource("planted")
  void play_plantedFlaw_isFoundWithTheFaultAndMissedWithout(Planted planted) {
    planted.requireFoundByTheFaultAlone();
  }
}
