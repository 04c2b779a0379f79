package dev.graft.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.EventReader;
import dev.graft.sim.judge.HistoryMutation;
import dev.graft.sim.judge.HistoryMutations;
import dev.graft.sim.world.Flaws;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the product really did, with faults, is spoilt in every way that is known, and found. */
class PlayedMutationsTest {
  private static final long SEED = Long.getLong("graft.seed", 1);
  private static final List<String> WORKLOADS =
      List.of("merge", "offline", "cut-and-grow", "forks", "reverts", "time-travel", "replay");

  private static List<Event> play(String workload) {
    Played played =
        new Player(Workloads.named(workload).orElseThrow(), Player.USUAL, Flaws.NONE).play(SEED);
    assertThat(played.findings()).as(workload + ", seed " + SEED).isEmpty();
    return played.history().stream().map(EventReader::event).toList();
  }

  @Test
  void judge_spoiltPlay_isFound() {
    List<List<Event>> histories = WORKLOADS.stream().map(PlayedMutationsTest::play).toList();
    List<String> untried = new ArrayList<>();
    for (HistoryMutation mutation : HistoryMutations.all()) {
      HistoryMutations.Tally tally = HistoryMutations.tally(mutation, histories, 1, SEED);
      String what = mutation.name() + ", seed " + SEED + ": " + tally;
      if (tally.tried() == 0) {
        untried.add(mutation.name());
      } else if (mutation.share() == 0) {
        assertThat(tally.found()).as(what).isZero();
      } else if (mutation.share() == 1) {
        // Plays change with the product: one place may be of what was done again and came to
        // nothing. HistoryMutationsTest is strict.
        assertThat(tally.found()).as(what).isPositive().isGreaterThanOrEqualTo(tally.tried() - 1);
      } else {
        // One place in each play is too few for a share.
        assertThat(tally.found()).as(what).isPositive();
      }
    }
    // SQLite alone is shown counters, and few worlds are older than a day.
    assertThat(untried)
        .isSubsetOf(
            "change counter of another content",
            "another new change counter",
            "put outlived its segment",
            "put in time");
  }
}
