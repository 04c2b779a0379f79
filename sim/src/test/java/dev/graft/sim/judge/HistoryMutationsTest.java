package dev.graft.sim.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clean histories of the reference model are spoilt in every way that is known, and found. */
class HistoryMutationsTest {
  private static final long SEED = Long.getLong("graft.seed", 1);
  private static final int HISTORIES = Integer.getInteger("graft.judge.histories", 8);
  private static final int PLACES = 3;
  private static final int LEAST = 4;

  private static final List<List<Event>> CLEAN =
      LongStream.range(SEED, SEED + HISTORIES).mapToObj(CleanHistoryTest::random).toList();

  static Stream<HistoryMutation> mutations() {
    return HistoryMutations.all().stream();
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void judge_spoiltHistory_isFoundAsOftenAsItCanBe(HistoryMutation mutation) {
    HistoryMutations.Tally tally = HistoryMutations.tally(mutation, CLEAN, PLACES, SEED);
    String what = mutation.name() + ", seed " + SEED + ": " + tally;
    assertThat(tally.tried()).as(what).isGreaterThanOrEqualTo(LEAST);
    if (mutation.share() == 0) {
      assertThat(tally.found()).as(what).isZero();
    } else {
      assertThat(tally.share()).as(what).isGreaterThanOrEqualTo(mutation.share());
    }
  }

  @Test
  void all_names_areDifferentAndEachExceptionHasAReason() {
    List<HistoryMutation> all = HistoryMutations.all();
    assertThat(all).extracting(HistoryMutation::name).doesNotHaveDuplicates();
    assertThat(all)
        .allSatisfy(one -> assertThat(one.reason().isEmpty()).isEqualTo(one.share() == 1));
  }
}
