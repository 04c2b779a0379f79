package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.id.Hash;
import dev.graft.sim.Fault;
import dev.graft.sim.world.Flaws;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThreeClientsTest {
  private static final long FIRST_SEED = Long.getLong("graft.seed", 1);

  /** Set to thousands for a long run. */
  private static final int SEEDS = Integer.getInteger("graft.sim.seeds", 5);

  @Test
  void play_worldFails_commitsAreStrictlySerialAndHistoriesRepeat() {
    Player player = new Player(new ThreeClients(), Player.USUAL, Flaws.NONE);
    Set<Hash> traces = new HashSet<>();
    Map<Fault, Long> hits = new EnumMap<>(Fault.class);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      Played first = player.play(seed);
      assertThat(first.findings()).as("seed %s", seed).isEmpty();
      assertThat(first.verdict().commits()).as("commits of seed %s", seed).isGreaterThan(20);
      assertThat(player.play(seed).trace())
          .as("the same again, seed %s", seed)
          .isEqualTo(first.trace());
      traces.add(first.trace());
      first.hits().forEach((fault, count) -> hits.merge(fault, count, Long::sum));
    }
    assertThat(traces).as("different histories").hasSize(SEEDS);
    assertThat(hits.keySet()).as("faults that were met").hasSizeGreaterThan(12);
  }
}
