package dev.graft.sim.judge;

import static dev.graft.sim.judge.ReferenceWorld.work;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.judge.ReferenceWorld.Client;
import dev.graft.sim.judge.Violation.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told to be gone: rightly when somebody had asked to give it up, and else never. */
class GoneHistoryTest {
  private static final String V = "v";
  private static final int COMMITS = 5;
  private static final long DAY = Duration.ofHours(24).toNanos();

  private final ReferenceWorld world = new ReferenceWorld();
  private final Client a = world.client("a", V);

  @BeforeEach
  void commit() {
    for (int i = 1; i <= COMMITS; i++) {
      world.commit(a, work("t" + i, Set.of(), i));
    }
  }

  private void retain(String volume, long below, long age) {
    world.events.add(new Event.Retain(world.tick(), volume, below, age));
  }

  private void gone(String volume, long lsn) {
    world.events.add(new Event.Gone(world.tick(), "a.0", volume, lsn, -1));
  }

  private List<Violation> judged() {
    return Judge.judge(world.history().stream().map(EventWriter::line).toList()).violations();
  }

  private void assertFound(String sentence) {
    assertThat(judged())
        .hasSize(1)
        .first()
        .satisfies(violation -> {
          assertThat(violation.kind()).isEqualTo(Kind.HISTORY_GONE);
          assertThat(violation.sentence()).endsWith(sentence);
          assertThat(violation.lines()).containsExactly(world.events.size());
        });
  }

  @Test
  void judge_goneBelowWhatWasAsked_findsNothing() {
    retain(V, 4, -1);
    gone(V, 3);
    gone(V, 0);
    assertThat(judged()).isEmpty();
  }

  @Test
  void judge_goneAndNobodyAsked_isFound() {
    gone(V, 3);
    assertFound("commit 3 of v is gone, and nobody had asked to give that up");
  }

  @Test
  void judge_goneBeforeSomebodyAsked_isFound() {
    gone(V, 3);
    int line = world.events.size();
    retain(V, 4, -1);
    assertThat(judged())
        .hasSize(1)
        .first()
        .satisfies(violation -> assertThat(violation.lines()).containsExactly(line));
  }

  @Test
  void judge_goneAtTheFloorItself_isFound() {
    retain(V, 4, -1);
    gone(V, 4);
    assertFound("commit 4 of v is gone, and nobody had asked to give that up");
  }

  @Test
  void judge_headIsGone_isFound() {
    retain(V, 99, -1);
    gone(V, COMMITS);
    assertFound("commit 5 of v is gone, which was the newest one");
  }

  @Test
  void judge_headOfThenIsGone_isFound() {
    retain(V, 99, -1);
    gone(V, COMMITS);
    int line = world.events.size();
    world.commit(a, work("later", Set.of(), 1));
    assertThat(judged())
        .hasSize(1)
        .first()
        .satisfies(violation -> assertThat(violation.lines()).containsExactly(line));
  }

  @Test
  void judge_goneThatIsOldEnough_findsNothing() {
    retain(V, -1, Duration.ofHours(1).toNanos());
    gone(V, 3);
    assertThat(judged()).isEmpty();
  }

  @Test
  void judge_goneThatIsTooYoung_isFound() {
    retain(V, -1, DAY);
    gone(V, 3);
    assertFound("commit 3 of v is gone, and nobody had asked to give that up");
  }

  @Test
  void judge_commitsCarryTimesSinceAnotherBeginning_ageIsTheSame() {
    retain(V, -1, DAY);
    gone(V, 3);
    List<Event> history =
        ReferenceWorld.changed(
            world.history(),
            Event.Logged.class,
            logged -> Draft.with(logged, "commitTime", logged.commitTime() + 1_000 * DAY));
    assertThat(Judge.judge(history.stream().map(EventWriter::line).toList()).violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.HISTORY_GONE);
    history.replaceAll(event ->
        event instanceof Event.Gone told
            ? Draft.with(told, "time", told.time() + DAY)
            : event instanceof Event.Logged logged && logged.lsn() == COMMITS
                ? Draft.with(logged, "time", -1L)
                : event);
    assertThat(Judge.judge(history.stream().map(EventWriter::line).toList()).violations())
        .isEmpty();
  }

  @Test
  void judge_parentGivesUpAndForkIsGone_isFound() {
    world.fork(a, "w");
    Client b = world.client("b", "w");
    world.pull(b);
    world.commit(b, work("tb", Set.of(), 2));
    retain(V, 99, -1);
    gone("w", 1);
    assertFound("commit 1 of w is gone, and nobody had asked to give that up");
  }

  @Test
  void judge_goneByTime_isTheCommitOfThen() {
    List<Event.Logged> log =
        world.history().stream()
            .filter(Event.Logged.class::isInstance)
            .map(Event.Logged.class::cast)
            .toList();
    retain(V, 3, -1);
    long second = log.get(1).commitTime();
    world.events.add(new Event.Gone(world.tick(), "a.0", V, -1, second));
    world.events.add(new Event.Gone(world.tick(), "a.0", V, -1, 0));
    assertThat(judged()).isEmpty();
    world.events.add(new Event.Gone(world.tick(), "a.0", V, -1, log.get(2).commitTime()));
    assertFound("commit 3 of v is gone, and nobody had asked to give that up");
  }
}
