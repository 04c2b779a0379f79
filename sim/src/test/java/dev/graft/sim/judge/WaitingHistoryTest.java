package dev.graft.sim.judge;

import static dev.graft.sim.judge.ReferenceWorld.work;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.judge.ReferenceWorld.Client;
import dev.graft.sim.judge.Violation.Kind;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Violations about what waits in a client's folder, about read sets, and about who hears what when:
 * each in a history that is clean without it.
 */
class WaitingHistoryTest {
  private static final Set<Long> NOTHING = Set.of();
  private static final String V = "v";

  private final ReferenceWorld world = new ReferenceWorld();
  private Client a = new Client("a", V);
  private Client b = new Client("b", V);

  @BeforeEach
  void begin() {
    a = world.client("a", V);
    b = world.client("b", V);
    world.commit(a, work("t1", NOTHING, 1, 2, 3));
    world.pull(b);
  }

  private static Verdict judge(List<Event> events) {
    return Judge.judge(events.stream().map(EventWriter::line).toList());
  }

  private List<Event> clean() {
    world.standing(a);
    List<Event> history = world.history();
    assertThat(judge(history).violations()).as("without what is planted").isEmpty();
    return history;
  }

  private <E extends Event> void plant(Kind kind, Class<E> type, UnaryOperator<E> change) {
    found(kind, ReferenceWorld.changed(clean(), type, change));
  }

  private static void found(Kind kind, List<Event> history) {
    assertThat(judge(history).violations()).extracting(Violation::kind).contains(kind);
  }

  private static Event.Standing holding(Event.Standing standing, String... pending) {
    return new Event.Standing(
        standing.time(),
        standing.session(),
        standing.client(),
        standing.volume(),
        standing.lsn(),
        List.of(pending));
  }

  private static Event.Commit with(
      Event.Commit commit, String session, View view, @Nullable Set<Long> readSet) {
    return new Event.Commit(
        commit.time(),
        commit.call(),
        session,
        commit.client(),
        commit.volume(),
        commit.transaction(),
        commit.work(),
        commit.began(),
        view,
        commit.reads(),
        readSet,
        commit.writes(),
        commit.count(),
        commit.smallest(),
        commit.durability(),
        commit.policy());
  }

  private void plantReadSet(Kind kind, @Nullable Set<Long> readSet) {
    plant(
        kind,
        Event.Commit.class,
        commit ->
            commit.transaction().equals("t3")
                ? with(commit, commit.session(), commit.view(), readSet)
                : commit);
  }

  /** Others change page 2, and then t3 lands on top, which reads page 1 and writes page 7. */
  private void merge() {
    var pinned = world.pin(b);
    world.commit(a, work("t2", NOTHING, 2));
    world.hear(world.commit(b, pinned, work("t3", Set.of(1L), 7), "merge"));
  }

  @Test
  void judge_mergedOverAnyChangeAndWhatItReadIsNotKnown_isFound() {
    merge();
    plantReadSet(Kind.MERGED_OVER_CHANGE, null);
  }

  @Test
  void judge_mergedOverAChangeOfAPageThatItDeclared_isFound() {
    merge();
    plantReadSet(Kind.MERGED_OVER_CHANGE, Set.of(1L, 2L));
  }

  @Test
  void judge_whatItReadIsNotKnownAndItWasNotMerged_isClean() {
    world.commit(b, work("t2", NOTHING, 2));
    world.commit(b, work("t3", Set.of(1L), 7));
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Commit.class,
            commit -> with(commit, commit.session(), commit.view(), null));
    assertThat(judge(history).violations()).isEmpty();
  }

  @Test
  void judge_pullToldLessThanWhatHadLandedAndNobodyKnew_isFound() {
    Event.Told unheard = world.commit(b, world.pin(b), work("t2", NOTHING, 2), "reject");
    world.pull(a);
    world.hear(unheard);
    plant(
        Kind.REAL_TIME,
        Event.Told.class,
        told ->
            told.lsn() == 2 && told.call() > unheard.call()
                ? new Event.Told(told.time(), told.call(), told.outcome(), 1)
                : told);
  }

  @Test
  void judge_pullBegunBeforeTheCommitLanded_mayMissIt() {
    world.pull(a);
    Event.Told pulled = (Event.Told) world.events.removeLast();
    world.commit(b, work("t2", NOTHING, 2));
    world.hear(pulled);
    world.read(a, Set.of(2L));
    clean();
  }

  @Test
  void judge_threadReadsLessThanItsProcessWasTold_isFound() {
    world.commit(b, work("t2", NOTHING, 2));
    world.pull(a);
    var pinned = world.pin(a);
    world.hear(world.commit(a, pinned, work("t3", NOTHING, 3), "reject"));
    UnaryOperator<Event.Commit> elsewhere =
        commit ->
            commit.transaction().equals("t3")
                ? with(commit, "a.0.t2", View.of(1, 3), commit.readSet())
                : commit;
    plant(Kind.REGRESSION, Event.Commit.class, elsewhere);
  }

  @Test
  void judge_localCommitIsAwayThoughItLandsLater_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.restart(a);
    world.push(a, "reject");
    plant(
        Kind.LOST_LOCAL_COMMIT,
        Event.Standing.class,
        standing -> standing.pending().isEmpty() ? standing : holding(standing));
  }

  @Test
  void judge_nothingSaysWhatTheFolderHolds_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    List<Event> history = clean();
    history.removeIf(Event.Standing.class::isInstance);
    found(Kind.LOST_LOCAL_COMMIT, history);
  }

  @Test
  void judge_onlyAnEarlierLineSaysWhatTheFolderHolds_isFound() {
    world.restart(a);
    world.commitLocal(a, work("t2", NOTHING, 5));
    List<Event> history = clean();
    history.remove(world.events.getLast());
    found(Kind.LOST_LOCAL_COMMIT, history);
  }

  @Test
  void judge_localCommitsChangePlacesInOneCommit_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.commitLocal(a, work("t3", NOTHING, 6));
    world.push(a, "reject");
    plant(
        Kind.LOCAL_ORDER,
        Event.Logged.class,
        logged ->
            logged.lsn() == 2
                ? new Event.Logged(
                    logged.time(),
                    V,
                    2,
                    List.of("t3", "t2"),
                    logged.count(),
                    logged.commitTime(),
                    -1,
                    -1)
                : logged);
  }

  @Test
  void judge_ownLocalCommitIsNotSeenByTheNextProcess_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 2));
    world.restart(a);
    world.read(a, Set.of(3L));
    plant(Kind.REGRESSION, Event.Read.class, read -> Draft.with(read, "view", View.of(1, 3)));
  }

  @Test
  void judge_ownLocalCommitIsNotSeenByAnotherThread_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 2));
    world.commitLocal(a, work("t3", NOTHING, 3));
    plant(
        Kind.REGRESSION,
        Event.Commit.class,
        commit ->
            commit.transaction().equals("t3")
                ? with(commit, "a.0.t2", View.of(1, 3), commit.readSet())
                : commit);
  }

  /** Two that wait, and a read through both; then what waits is said to be something else. */
  private void plantPending(Kind kind, String... pending) {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.commitLocal(a, work("t3", NOTHING, 6));
    world.read(a, Set.of(1L));
    plant(
        kind,
        Event.Read.class,
        read -> Draft.with(read, "view", new View(1, List.of(pending), -1)));
  }

  @Test
  void judge_waitingTwice_isFound() {
    plantPending(Kind.DOUBLED_COMMIT, "t2", "t3", "t3");
  }

  @Test
  void judge_waitingInAnotherOrder_isFound() {
    plantPending(Kind.LOCAL_ORDER, "t3", "t2");
  }

  @Test
  void judge_waitingWithoutWhatItWasMadeOn_isFound() {
    plantPending(Kind.LOCAL_ORDER, "t3");
  }

  @Test
  void judge_waitingThoughNobodyHandedItOver_isFound() {
    plantPending(Kind.HISTORY, "t2", "t3", "t9");
  }

  @Test
  void judge_waitingWithAnotherClient_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.read(b, Set.of(1L));
    plant(
        Kind.HISTORY,
        Event.Read.class,
        read -> Draft.with(read, "view", new View(1, List.of("t2"), -1)));
  }

  @Test
  void judge_refusedAndWaiting_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.read(a, Set.of(1L));
    plant(
        Kind.UNASKED_COMMIT,
        Event.Told.class,
        told ->
            told.outcome() == Event.Outcome.LOCAL
                ? new Event.Told(told.time(), told.call(), Event.Outcome.CONFLICT, 0)
                : told);
  }

  @Test
  void judge_waitingAndInTheLogBeneath_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.push(a, "reject");
    plant(Kind.DOUBLED_COMMIT, Event.Standing.class, standing -> holding(standing, "t2"));
  }

  @Test
  void judge_givenUpAndWaitingAgain_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.discard(a);
    world.restart(a);
    world.restart(a);
    List<Event> history = clean();
    history.replaceAll(event ->
        event instanceof Event.Standing standing && standing.session().equals("a.2")
            ? holding(standing, "t2")
            : event);
    found(Kind.UNASKED_COMMIT, history);
  }

  /** Threads make t2 and t3 at the same time: which comes first shows in what waits alone. */
  @Test
  void judge_waitingInOneOrderAndThenInAnother_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.commitLocal(a, work("t3", NOTHING, 6));
    world.read(a, Set.of(1L));
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Commit.class,
            commit ->
                commit.transaction().equals("t3")
                    ? Draft.with(
                        with(commit, "a.0.t2", View.of(1, 3), commit.readSet()), "began", 0L)
                    : commit);
    Event.Told first =
        (Event.Told)
            history.stream()
                .filter(event ->
                    event instanceof Event.Told told && told.outcome() == Event.Outcome.LOCAL)
                .findFirst()
                .orElseThrow();
    int place = history.indexOf(first);
    history.remove(first);
    history.add(place + 2, Draft.with(first, "time", history.get(place + 1).time()));
    assertThat(judge(history).violations()).isEmpty();
    history.replaceAll(
        event -> event instanceof Event.Standing standing ? holding(standing, "t3", "t2") : event);
    found(Kind.LOCAL_ORDER, history);
  }

  @Test
  void judge_waitingWithoutWhatItLayOnBefore_isFound() {
    world.commitLocal(a, work("t2", NOTHING, 5));
    world.commitLocal(a, work("t3", NOTHING, 6));
    world.restart(a);
    world.whole("a.1", V, 1);
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Commit.class,
            commit ->
                commit.transaction().equals("t3")
                    ? Draft.with(
                        with(commit, "a.0.t2", View.of(1, 3), commit.readSet()), "began", 0L)
                    : commit);
    assertThat(judge(history).violations()).isEmpty();
    history.replaceAll(event ->
        event instanceof Event.Read read
            ? Draft.with(read, "view", new View(1, List.of("t3"), -1))
            : event);
    found(Kind.LOCAL_ORDER, history);
  }

  @Test
  void judge_transactionThatIsAnotherWorkLater_isFound() {
    world.commit(a, work("t2", NOTHING, 5));
    List<Event> history = clean();
    for (Event event : List.copyOf(history)) {
      if (event instanceof Event.Commit commit && commit.transaction().equals("t2")) {
        Event.Commit again = Draft.with(Draft.with(commit, "work", "t9"), "call", 99L);
        history.add(history.indexOf(commit), Draft.with(again, "session", "a.0.again1"));
      }
    }
    found(Kind.HISTORY, history);
  }

  @Test
  void judge_forkWithAnotherPageCount_isFound() {
    world.fork(a, "f");
    plant(
        Kind.PAGE_COUNT,
        Event.Logged.class,
        logged -> logged.volume().equals("f") ? Draft.with(logged, "count", 4L) : logged);
  }

  @Test
  void judge_timeFalls_isFound() {
    List<Event> history = clean();
    history.addFirst(new Event.Claim(world.tick(), true, "early"));
    found(Kind.HISTORY, history);
  }

  @Test
  void judge_callThatBeginsTwice_isFound() {
    world.pull(a);
    List<Event> history = clean();
    history.add(new Event.Pull(world.tick(), 1, "c.0", V));
    found(Kind.HISTORY, history);
  }

  @Test
  void judge_callBeforeTheOneBeforeItWasAnswered_isFound() {
    world.pull(a);
    world.pull(a);
    List<Event> history = clean();
    history.remove(world.events.get(world.events.size() - 4));
    found(Kind.HISTORY, history);
  }

  @Test
  void judge_readThatBeganAfterItWasWrittenDown_isFound() {
    world.read(a, Set.of(1L));
    plant(Kind.HISTORY, Event.Read.class, read -> Draft.with(read, "began", read.time() + 1));
  }
}
