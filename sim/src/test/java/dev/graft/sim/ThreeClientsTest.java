package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Hash;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThreeClientsTest {
  private static final long FIRST_SEED = Long.getLong("graft.seed", 1);

  /** Set to thousands for a long run. */
  private static final int SEEDS = Integer.getInteger("graft.sim.seeds", 10);

  private static final FaultPlan FAULTS = FaultPlan.all(0.03).with(Fault.PUT_LANDS_LATE, 0.1);

  private record Played(Hash trace, int commits, Map<Fault, Integer> hits) {}

  private static Played play(long seed) {
    var sim = new SimConcurrency(seed);
    var store = new SimObjectStore(sim, seed, StoreLatencies.s3(), FAULTS);
    try {
      int commits = sim.run(() -> new ThreeClients(sim, store, seed).play());
      Map<Fault, Integer> hits = new EnumMap<>(Fault.class);
      for (Fault fault : Fault.values()) {
        hits.put(fault, store.hits(fault));
      }
      return new Played(sim.traceHash(), commits, hits);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + " (-Dgraft.seed=" + seed + ")", e);
    }
  }

  @Test
  void play_storeFails_commitsAreStrictlySerialAndHistoriesRepeat() {
    Set<Hash> traces = new HashSet<>();
    Map<Fault, Integer> hits = new EnumMap<>(Fault.class);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      Played first = play(seed);
      assertThat(first.commits).as("commits of seed %s", seed).isGreaterThan(20);
      assertThat(play(seed)).as("the same history again, seed %s", seed).isEqualTo(first);
      traces.add(first.trace);
      first.hits.forEach((fault, count) -> hits.merge(fault, count, Integer::sum));
    }
    assertThat(traces).as("different histories").hasSize(SEEDS);
    assertThat(hits).as("every fault was met").doesNotContainValue(0);
  }
}
