package dev.graft.sim.judge;

import static dev.graft.sim.judge.ReferenceWorld.work;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.sim.judge.ReferenceWorld.Client;
import dev.graft.sim.judge.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One violation of each kind, in a history that is clean without it. */
class PlantedHistoryTest {
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
    world.commit(b, work("t2", Set.of(1L), 2));
    world.pull(a);
  }

  private static Verdict judge(List<Event> events) {
    return Judge.judge(events.stream().map(EventWriter::line).toList());
  }

  private List<Event> clean() {
    for (Client client : List.of(a, b)) {
      if (!client.pending.isEmpty()) {
        world.standing(client);
      }
    }
    List<Event> history = world.history();
    assertThat(judge(history).violations()).as("without what is planted").isEmpty();
    return history;
  }

  private <E extends Event> void plant(Kind kind, Class<E> type, UnaryOperator<E> change) {
    found(kind, ReferenceWorld.changed(clean(), type, change));
  }

  private static void found(Kind kind, List<Event> history) {
    assertThat(judge(history).violations())
        .anySatisfy(violation -> {
          assertThat(violation.kind()).isEqualTo(kind);
          assertThat(violation.lines()).isNotEmpty();
          assertThat(violation.sentence()).isNotBlank();
        });
  }

  private static Event.Logged with(
      Event.Logged logged, long time, List<String> transactions, long segment, long commitTime) {
    return new Event.Logged(
        time,
        logged.volume(),
        logged.lsn(),
        transactions,
        logged.count(),
        commitTime,
        segment,
        logged.revertTo());
  }

  private static Event.Logged with(Event.Logged logged, String... transactions) {
    return with(logged, logged.time(), List.of(transactions), -1, logged.commitTime());
  }

  private static Event.Read with(Event.Read read, View view, long page, String content) {
    Map<Long, String> reads = new TreeMap<>(read.reads());
    reads.put(page, content);
    reads.values().removeIf(Event.ZEROS::equals);
    return Draft.with(Draft.with(read, "view", view), "reads", reads);
  }

  private void plantRead(Kind kind, long page, String content) {
    plant(kind, Event.Read.class, read -> with(read, read.view(), page, content));
  }

  @Test
  void judge_lostCommit_isFound() {
    List<Event> history = clean();
    history.removeIf(event -> event instanceof Event.Logged logged && logged.lsn() == 2);
    found(Kind.LOST_COMMIT, history);
  }

  @Test
  void judge_doubledCommit_isFound() {
    world.commit(a, work("t3", NOTHING, 5));
    plant(
        Kind.DOUBLED_COMMIT,
        Event.Logged.class,
        logged -> logged.lsn() == 3 ? with(logged, "t3", "t2") : logged);
  }

  @Test
  void judge_workDoneAnew_isADoubledCommit() {
    world.commit(a, work("t3", NOTHING, 5));
    world.commit(a, work("t4", NOTHING, 6));
    plant(
        Kind.DOUBLED_COMMIT,
        Event.Commit.class,
        commit -> commit.transaction().equals("t4") ? ofWork(commit, "t3") : commit);
  }

  private static Event.Commit ofWork(Event.Commit commit, String work) {
    return changed(commit, work, commit.view(), commit.reads(), commit.readSet());
  }

  private static Event.Commit changed(
      Event.Commit commit,
      String work,
      View view,
      Map<Long, String> reads,
      @Nullable Set<Long> readSet) {
    return new Event.Commit(
        commit.time(),
        commit.call(),
        commit.session(),
        commit.client(),
        commit.volume(),
        commit.transaction(),
        work,
        commit.began(),
        view,
        reads,
        readSet,
        commit.writes(),
        commit.count(),
        commit.smallest(),
        commit.durability(),
        commit.policy());
  }

  @Test
  void judge_staleRead_isFound() {
    world.read(a, Set.of(1L, 2L));
    plantRead(Kind.STALE_READ, 2, "t1:2");
  }

  @Test
  void judge_readOfTheFuture_isFound() {
    world.read(a, Set.of(1L, 2L));
    world.commit(a, work("t3", NOTHING, 2));
    plantRead(Kind.FUTURE_READ, 2, "t3:2");
  }

  @Test
  void judge_tornRead_isFound() {
    world.read(a, Set.of(1L, 2L));
    plantRead(Kind.TORN_READ, 2, "half t1, half t2");
  }

  @Test
  void judge_staleReadOfATransaction_isFound() {
    world.commit(a, work("t3", Set.of(2L), 5));
    plant(
        Kind.STALE_READ,
        Event.Commit.class,
        commit ->
            commit.transaction().equals("t3")
                ? changed(commit, "t3", commit.view(), Map.of(2L, "t1:2"), commit.readSet())
                : commit);
  }

  @Test
  void judge_wrongFrameAfterMerge_isFound() {
    var pinned = world.pin(b);
    world.commit(a, work("t3", NOTHING, 1));
    world.pull(b);
    world.hear(world.commit(b, pinned, work("t4", Set.of(3L), 3), "merge"));
    world.read(b, Set.of(1L, 3L));
    plantRead(Kind.WRONG_FRAME, 3, "t3:1");
  }

  @Test
  void judge_mergeWithTheReadSetOfXReadAlone_isFound() {
    // SQLite read page 2 from its own cache: only page 1 was asked for, and so declared.
    var pinned = world.pin(b);
    world.pull(b);
    world.commit(a, work("t3", NOTHING, 2));
    world.pull(b);
    world.hear(world.commit(b, pinned, work("t4", Set.of(1L), 4), "merge"));
    UnaryOperator<Event.Commit> cached =
        commit ->
            commit.transaction().equals("t4")
                ? changed(
                    commit, "t4", commit.view(), Map.of(1L, "t1:1", 2L, "t2:2"), commit.readSet())
                : commit;
    plant(Kind.MERGED_OVER_CHANGE, Event.Commit.class, cached);
    plant(Kind.READ_SET, Event.Commit.class, cached);
  }

  @Test
  void judge_mergeOverAWrite_isFound() {
    var pinned = world.pin(b);
    world.commit(a, work("t3", NOTHING, 7));
    world.pull(b);
    world.hear(world.commit(b, pinned, work("t4", Set.of(1L), 4), "merge"));
    plant(
        Kind.MERGED_OVER_CHANGE,
        Event.Commit.class,
        commit ->
            commit.transaction().equals("t3")
                ? new Event.Commit(
                    commit.time(),
                    commit.call(),
                    commit.session(),
                    commit.client(),
                    commit.volume(),
                    "t3",
                    "t3",
                    commit.began(),
                    commit.view(),
                    commit.reads(),
                    commit.readSet(),
                    Map.of(4L, "t3:4", 7L, "t3:7"),
                    commit.count(),
                    commit.smallest(),
                    commit.durability(),
                    commit.policy())
                : commit);
  }

  /** Others commit, and then a transaction lands on top that was made before. */
  private void plantMerge(ReferenceWorld.Work others, ReferenceWorld.Work merged) {
    var pinned = world.pin(b);
    world.commit(a, others);
    world.commit(a, work("t4", NOTHING, 1));
    Event.Told refused = world.commit(b, pinned, merged, "merge");
    assertThat(refused.outcome()).isEqualTo(Event.Outcome.CONFLICT);
    Event.Told heard = world.hear(refused);
    List<Event> history = clean();
    history.replaceAll(event ->
        event.equals(heard)
            ? new Event.Told(refused.time(), refused.call(), Event.Outcome.DONE, 5)
            : event);
    history.add(new Event.Logged(-1, V, 5, List.of(merged.name()), -1, -1, -1, -1));
    found(Kind.MERGED_OVER_CHANGE, history);
  }

  @Test
  void judge_mergedWriteToAPageThatOthersCut_isFound() {
    plantMerge(ReferenceWorld.cut("t3", 1), work("t5", NOTHING, 3));
  }

  @Test
  void judge_mergedCutOfAPageThatOthersWrote_isFound() {
    plantMerge(work("t3", NOTHING, 3), ReferenceWorld.cut("t5", 2));
  }

  @Test
  void judge_mergedCutOfAPageThatOthersAdded_isFound() {
    plantMerge(work("t3", NOTHING, 7), ReferenceWorld.cut("t5", 2));
  }

  @Test
  void judge_commitIntoAHole_isFound() {
    world.commit(a, work("t3", NOTHING, 5));
    List<Event> history = clean();
    history.removeIf(event -> event instanceof Event.Logged logged && logged.lsn() == 2);
    found(Kind.HOLE, history);
  }

  @Test
  void judge_commitBeforeItsForerunner_isFound() {
    world.commit(a, work("t3", NOTHING, 5));
    plant(
        Kind.HOLE,
        Event.Logged.class,
        logged -> logged.lsn() == 3 ? with(logged, 1, logged.transactions(), -1, -1) : logged);
  }

  @Test
  void judge_logRewritten_isFound() {
    List<Event> history = clean();
    history.add(new Event.Logged(-1, V, 2, List.of("t9"), 3, -1, -1, -1));
    found(Kind.HOLE, history);
  }

  @Test
  void judge_putOutlivesItsSegment_isFound() {
    long day = Duration.ofHours(24).toNanos();
    plant(
        Kind.OUTLIVED_SEGMENT,
        Event.Logged.class,
        logged ->
            logged.lsn() == 2
                ? with(logged, day + 1_000, logged.transactions(), 10, logged.commitTime())
                : logged);
  }

  @Test
  void judge_commitTimeGoesBack_isFound() {
    plant(
        Kind.COMMIT_TIME,
        Event.Logged.class,
        logged ->
            logged.lsn() == 2 ? with(logged, logged.time(), logged.transactions(), -1, 0) : logged);
  }

  @Test
  void judge_truncatedPageComesBack_isFound() {
    world.commit(a, ReferenceWorld.cut("t3", 1));
    world.commit(a, work("t4", NOTHING, 5));
    world.whole("o", V, 4);
    plantRead(Kind.TRUNCATED_PAGE_BACK, 3, "t1:3");
  }

  @Test
  void judge_wholeReadLacksAPage_isFound() {
    world.whole("o", V, 2);
    plantRead(Kind.STALE_READ, 3, Event.ZEROS);
  }

  @Test
  void judge_wrongPageCount_isFound() {
    world.whole("o", V, 2);
    plant(
        Kind.PAGE_COUNT,
        Event.Read.class,
        read -> with(read, View.of(2, 17), 1, read.reads().getOrDefault(1L, "")));
  }

  @Test
  void judge_equalChangeCountersAfterAMerge_isFound() {
    world.shown(b);
    world.commit(a, work("t3", NOTHING, 1));
    world.pull(b);
    world.shown(b);
    plant(
        Kind.EQUAL_COUNTERS,
        Event.Shown.class,
        shown ->
            new Event.Shown(
                shown.time(),
                shown.process(),
                shown.connection(),
                shown.volume(),
                7,
                shown.view()));
  }

  @Test
  void judge_realTimeReordered_isFound() {
    // t3 ends before t4 begins; the log has them the other way round.
    world.commit(a, work("t3", NOTHING, 5));
    world.pull(b);
    world.commit(b, work("t4", NOTHING, 6));
    plant(
        Kind.REAL_TIME,
        Event.Logged.class,
        logged ->
            switch ((int) logged.lsn()) {
              case 3 -> with(logged, "t4");
              case 4 -> with(logged, "t3");
              default -> logged;
            });
  }

  @Test
  void judge_staleAnswerToAPull_isFound() {
    world.commit(a, work("t3", NOTHING, 5));
    world.pull(b);
    List<Event> history = clean();
    history.replaceAll(event ->
        event instanceof Event.Told told && told.lsn() == 3 && told.call() == lastCall(history)
            ? new Event.Told(told.time(), told.call(), told.outcome(), 2)
            : event);
    found(Kind.REAL_TIME, history);
  }

  private static long lastCall(List<Event> history) {
    return history.stream()
        .filter(Event.Call.class::isInstance)
        .mapToLong(event -> ((Event.Call) event).call())
        .max()
        .orElseThrow();
  }

  @Test
  void judge_sessionGoesBack_isFound() {
    world.read(a, Set.of(1L));
    plant(Kind.REGRESSION, Event.Read.class, read -> with(read, View.of(1, 3), 1, "t1:1"));
  }

  @Test
  void judge_acknowledgedLocalCommitIsLost_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.restart(a);
    plant(
        Kind.LOST_LOCAL_COMMIT,
        Event.Standing.class,
        standing ->
            new Event.Standing(
                standing.time(),
                standing.session(),
                standing.client(),
                standing.volume(),
                standing.lsn(),
                List.of()));
  }

  @Test
  void judge_pushedTransactionIsNowhere_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.commitLocal(a, work("t4", NOTHING, 6));
    world.push(a, "reject");
    plant(
        Kind.LOST_COMMIT,
        Event.Logged.class,
        logged -> logged.lsn() == 3 ? with(logged, "t3") : logged);
  }

  @Test
  void judge_localCommitsReordered_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.commitLocal(a, work("t4", NOTHING, 6));
    world.push(a, "reject");
    world.commit(a, work("t5", NOTHING, 7));
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Logged.class,
            logged ->
                switch ((int) logged.lsn()) {
                  case 3 -> with(logged, "t4");
                  case 4 -> with(logged, "t3");
                  default -> logged;
                });
    found(Kind.LOCAL_ORDER, history);
  }

  @Test
  void judge_optimisticReadIsNotFlagged_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.read(a, Set.of(2L));
    plant(
        Kind.UNFLAGGED_LOCAL_READ, Event.Read.class, read -> with(read, View.of(2, 3), 2, "t3:2"));
  }

  @Test
  void judge_refusedCommitLanded_isFound() {
    var pinned = world.pin(b);
    world.commit(a, work("t3", NOTHING, 5));
    world.hear(world.commit(b, pinned, work("t4", NOTHING, 6), "reject"));
    List<Event> history = clean();
    history.add(new Event.Logged(-1, V, 4, List.of("t4"), 6, -1, -1, -1));
    found(Kind.UNASKED_COMMIT, history);
  }

  @Test
  void judge_commitOnAnotherBase_isFound() {
    var pinned = world.pin(b);
    world.commit(a, work("t3", NOTHING, 5));
    world.hear(world.commit(b, pinned, work("t4", NOTHING, 6), "reject"));
    List<Event> history = clean();
    history.replaceAll(event ->
        event instanceof Event.Told told && told.outcome() == Event.Outcome.CONFLICT
            ? new Event.Told(told.time(), told.call(), Event.Outcome.DONE, 4)
            : event);
    history.add(new Event.Logged(-1, V, 4, List.of("t4"), 6, -1, -1, -1));
    found(Kind.WRONG_BASE, history);
  }

  @Test
  void judge_forkShowsLaterParentPages_isFound() {
    world.fork(a, "f");
    world.commit(a, work("t3", NOTHING, 2));
    world.whole("o", "f", 1);
    plantRead(Kind.FORK_SHOWS_LATER_PARENT, 2, "t3:2");
  }

  @Test
  void judge_forkOfAnotherCommit_isFound() {
    world.fork(a, "f");
    plant(
        Kind.FORK_POINT,
        Event.Origin.class,
        origin -> new Event.Origin(origin.time(), origin.volume(), origin.parent(), 1));
  }

  @Test
  void judge_revertMissesAPage_isFound() {
    world.revert(a, "r", 1);
    world.whole("o", V, 3);
    plantRead(Kind.REVERT_MISSED_PAGE, 2, "t2:2");
  }

  @Test
  void judge_revertThatGoesBackNowhere_isFound() {
    world.revert(a, "r", 1);
    plant(
        Kind.REVERT_MISSED_PAGE,
        Event.Logged.class,
        logged ->
            logged.lsn() == 3
                ? new Event.Logged(
                    logged.time(),
                    V,
                    3,
                    logged.transactions(),
                    logged.count(),
                    logged.commitTime(),
                    -1,
                    -1)
                : logged);
  }

  private void plantLastAnswer(Kind kind, Event.Outcome outcome, long lsn) {
    List<Event> history = clean();
    long last = lastCall(history);
    found(
        kind,
        ReferenceWorld.changed(
            history,
            Event.Told.class,
            told -> told.call() == last ? new Event.Told(told.time(), last, outcome, lsn) : told));
  }

  @Test
  void judge_pullToldACommitThatIsNotThere_isFound() {
    world.pull(b);
    plantLastAnswer(Kind.LOST_COMMIT, Event.Outcome.DONE, 3);
  }

  @Test
  void judge_askedByTimeAndGivenWhatIsNotThere_isFound() {
    world.dated(b, 2);
    plant(
        Kind.LOST_COMMIT,
        Event.Dated.class,
        dated ->
            new Event.Dated(dated.time(), dated.session(), V, dated.began(), dated.asked(), 7));
  }

  @Test
  void judge_pushToldAnotherCommit_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.push(a, "reject");
    plantLastAnswer(Kind.LOST_COMMIT, Event.Outcome.DONE, 9);
  }

  @Test
  void judge_refusedPushLanded_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.push(a, "reject");
    plantLastAnswer(Kind.UNASKED_COMMIT, Event.Outcome.CONFLICT, 0);
  }

  @Test
  void judge_discardedCommitLanded_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.discard(a);
    List<Event> history = clean();
    history.add(new Event.Logged(-1, V, 3, List.of("t3"), 5, -1, -1, -1));
    found(Kind.UNASKED_COMMIT, history);
  }

  @Test
  void judge_landedAfterItWasAcknowledged_isFound() {
    var pinned = world.pin(b);
    Event.Told acknowledged = world.hear(world.commit(b, pinned, work("t3", NOTHING, 2), "reject"));
    plantLanding(acknowledged.time() + 1);
  }

  /** The newest commit is now told to have landed at a time; nothing else is wrong. */
  private void plantLanding(long time) {
    long newest = world.head(V);
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Logged.class,
            logged ->
                logged.lsn() == newest
                    ? with(logged, time, logged.transactions(), -1, logged.commitTime())
                    : logged);
    assertThat(judge(history).violations())
        .isNotEmpty()
        .allSatisfy(found -> assertThat(found.kind()).isEqualTo(Kind.REAL_TIME));
  }

  @Test
  void judge_landedAfterAPushWasTold_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.push(a, "reject");
    plantLanding(world.tick());
  }

  @Test
  void judge_landedAfterItWasRead_isFound() {
    var pinned = world.pin(b);
    Event.Told unheard = world.commit(b, pinned, work("t3", NOTHING, 2), "reject");
    world.whole("o", V, 3);
    long read = world.tick();
    world.hear(unheard);
    plantLanding(read);
  }

  @Test
  void judge_landedAfterAPullWasToldOfIt_isFound() {
    var pinned = world.pin(b);
    Event.Told unheard = world.commit(b, pinned, work("t3", NOTHING, 2), "reject");
    world.pull(a);
    long pulled = world.tick();
    world.hear(unheard);
    plantLanding(pulled);
  }

  /** A client's push is refused, and its next one, of another transaction, is not. */
  private List<Event> refusedThenAnother(boolean given) {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.pull(b);
    world.commit(b, work("t4", NOTHING, 5));
    world.push(a, "reject");
    world.discard(a);
    world.pull(a);
    world.commitLocal(a, work("t5", NOTHING, 6));
    world.push(a, "reject");
    List<Event> history = clean();
    if (!given) {
      history.removeIf(Event.Discarded.class::isInstance);
    }
    return history;
  }

  /** The transactions of the last push lie in one commit with one that it did not name. */
  private static List<Event> withStowaway(List<Event> history) {
    return ReferenceWorld.changed(
        history,
        Event.Logged.class,
        logged -> logged.lsn() == 4 ? with(logged, "t3", "t5") : logged);
  }

  @Test
  void judge_refusedPushLandsWithThePushOfOthers_isFound() {
    found(Kind.UNASKED_COMMIT, withStowaway(refusedThenAnother(false)));
  }

  @Test
  void judge_discardedCommitLandsWithThePushOfOthers_isFound() {
    found(Kind.UNASKED_COMMIT, withStowaway(refusedThenAnother(true)));
  }

  /** As the history has it when the answer to the first push was lost. */
  private static List<Event> firstPushUnknown(List<Event> history) {
    return ReferenceWorld.changed(
        history,
        Event.Told.class,
        told ->
            told.outcome() == Event.Outcome.CONFLICT
                ? new Event.Told(told.time(), told.call(), Event.Outcome.UNKNOWN, 0)
                : told);
  }

  @Test
  void judge_pushOfUnknownOutcomeLandsLater_isNotUnasked() {
    assertThat(judge(firstPushUnknown(withStowaway(refusedThenAnother(true)))).violations())
        .noneSatisfy(found -> assertThat(found.kind()).isEqualTo(Kind.UNASKED_COMMIT));
  }

  @Test
  void judge_discardedCommitThatWasNeverPushedLandsLater_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.discard(a);
    world.commitLocal(a, work("t5", NOTHING, 6));
    world.push(a, "reject");
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Logged.class,
            logged -> logged.lsn() == 3 ? with(logged, "t3", "t5") : logged);
    found(Kind.UNASKED_COMMIT, history);
  }

  @Test
  void judge_landedAndOnlyAnEarlierPushIsUnknown_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    world.push(a, "reject");
    long push = lastCall(world.events);
    world.commitLocal(a, work("t5", NOTHING, 6));
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Told.class,
            told ->
                told.call() == push
                    ? new Event.Told(told.time(), push, Event.Outcome.UNKNOWN, 0)
                    : told);
    assertThat(judge(history).violations()).isEmpty();
    history.add(new Event.Logged(world.tick(), V, 4, List.of("t5"), 6, -1, -1, -1));
    found(Kind.UNASKED_COMMIT, history);
  }

  @Test
  void judge_landedBeforeThePushThatNamesIt_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 5));
    long before = world.tick();
    world.push(a, "reject");
    List<Event> history =
        ReferenceWorld.changed(
            clean(),
            Event.Logged.class,
            logged ->
                logged.lsn() == 3
                    ? with(logged, before, logged.transactions(), -1, logged.commitTime())
                    : logged);
    found(Kind.UNASKED_COMMIT, history);
  }

  @Test
  void judge_landedBeforeItWasHandedOver_isFound() {
    plant(
        Kind.REAL_TIME,
        Event.Logged.class,
        logged ->
            logged.lsn() == 1
                ? with(logged, 0, logged.transactions(), -1, logged.commitTime())
                : logged);
  }

  @Test
  void judge_pullOlderThanWhatSomebodyRead_isFound() {
    var pinned = world.pin(b);
    Event.Told unheard = world.commit(b, pinned, work("t3", NOTHING, 2), "reject");
    world.whole("o", V, 3);
    world.pull(a);
    world.hear(unheard);
    List<Event> history = clean();
    long pull = lastCall(history);
    history.replaceAll(event ->
        event instanceof Event.Told told && told.call() == pull
            ? new Event.Told(told.time(), pull, Event.Outcome.DONE, 2)
            : event);
    found(Kind.REAL_TIME, history);
  }

  @Test
  void judge_ownLocalCommitIsNotSeen_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.read(a, Set.of(2L));
    plant(Kind.REGRESSION, Event.Read.class, read -> with(read, View.of(2, 3), 2, "t2:2"));
  }

  @Test
  void judge_ownLocalCommitIsNotSeenByTheNextTransaction_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.commitLocal(a, work("t4", Set.of(3L), 1));
    plant(
        Kind.REGRESSION,
        Event.Commit.class,
        commit ->
            commit.transaction().equals("t4")
                ? changed(commit, "t4", View.of(2, 3), commit.reads(), commit.readSet())
                : commit);
  }

  @Test
  void judge_ownLocalCommitIsAwayAfterAPush_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.push(a, "reject");
    world.read(a, Set.of(2L));
    plant(Kind.REGRESSION, Event.Read.class, read -> with(read, View.of(2, 3), 2, "t2:2"));
  }

  /** As SQLite does: what a transaction reads is written down when the lock is given back. */
  @Test
  void judge_snapshotPinnedBeforeAnOwnLocalCommitAndGivenBackAfterIt_isClean() {
    ReferenceWorld.Pinned before = world.pin(a);
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.events.add(
        new Event.Read(
            world.tick(),
            a.session(),
            V,
            before.began(),
            before.view(),
            Map.of(2L, "t2:2"),
            "current",
            -1));
    clean();
  }

  /** The same read, as another thread of its process makes it. */
  private static Event.Read besides(Event.Read read) {
    return Draft.with(read, "session", read.session() + ".t2");
  }

  @Test
  void judge_localCommitOfAnotherThreadIsNotSeen_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.read(a, Set.of(2L));
    plant(Kind.REGRESSION, Event.Read.class, read -> besides(with(read, View.of(2, 3), 2, "t2:2")));
  }

  @Test
  void judge_threadReadsLessThanItsProcessWasTold_isFound() {
    world.commit(b, work("t3", NOTHING, 2));
    world.pull(a);
    world.read(a, Set.of(2L));
    plant(Kind.REGRESSION, Event.Read.class, read -> besides(with(read, View.of(2, 3), 2, "t2:2")));
  }

  /** What a thread pins while another one is told of more may be older. */
  @Test
  void judge_threadReadsWhatItPinnedBeforeItsProcessWasTold_isClean() {
    ReferenceWorld.Pinned before = world.pin(a);
    world.commit(b, work("t3", NOTHING, 2));
    world.pull(a);
    world.commitLocal(a, work("t4", NOTHING, 2));
    world.events.add(
        new Event.Read(
            world.tick(),
            a.session() + ".t2",
            V,
            before.began(),
            before.view(),
            Map.of(2L, "t2:2"),
            "current",
            -1));
    clean();
  }

  @Test
  void judge_snapshotOfThePastThatWasNotAskedFor_isFound() {
    // Page 1 is the same in both: only the view says that it is another snapshot.
    world.past(a, 1, Set.of(1L));
    plant(Kind.OTHER_SNAPSHOT, Event.Read.class, read -> Draft.with(read, "view", View.of(2, 3)));
    plant(
        Kind.OTHER_SNAPSHOT,
        Event.Read.class,
        read -> Draft.with(Draft.with(read, "view", View.of(0, 0)), "reads", Map.of()));
  }

  @Test
  void judge_snapshotOfThePastWithWhatWaitsOnTop_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.past(a, 2, Set.of(1L));
    plant(
        Kind.OTHER_SNAPSHOT,
        Event.Read.class,
        read -> Draft.with(read, "view", new View(2, List.of("t3"), 3)));
  }

  @Test
  void judge_ownLocalCommitIsGivenUp_mayBeUnseen() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.discard(a);
    world.read(a, Set.of(2L));
    clean();
  }

  @Test
  void judge_revertOverACommitThatItsMakerDidNotKnow_isFound() {
    world.revert(a, "r", 1);
    plant(
        Kind.WRONG_BASE,
        Event.Revert.class,
        revert ->
            new Event.Revert(
                revert.time(),
                revert.call(),
                revert.session(),
                revert.volume(),
                revert.transaction(),
                View.of(1, 3),
                revert.to()));
  }

  private void plantDated(long lsn) {
    world.dated(b, 2);
    world.commit(a, work("t3", NOTHING, 5));
    plant(
        Kind.COMMIT_TIME,
        Event.Dated.class,
        dated ->
            new Event.Dated(dated.time(), dated.session(), V, dated.began(), dated.asked(), lsn));
  }

  @Test
  void judge_askedByTimeAndGivenWhatIsYounger_isFound() {
    plantDated(3);
  }

  @Test
  void judge_askedByTimeAndGivenWhatIsTooOld_isFound() {
    plantDated(1);
  }

  @Test
  void judge_pushToAForkThatLacksIt_isFound() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.push(a, "fork");
    plant(
        Kind.LOST_COMMIT,
        Event.Told.class,
        told ->
            told.lsn() == 3
                ? new Event.Told(told.time(), told.call(), Event.Outcome.FORKED, 2)
                : told);
  }

  @Test
  void judge_oneCounterBeforeAndAfterAPushOfExactlyThat_isClean() {
    world.commitLocal(a, work("t3", NOTHING, 2));
    world.shown(a);
    world.push(a, "reject");
    world.shownAgain(a);
    clean();
  }

  @Test
  void judge_oneCounterBeforeAndAfterARevert_isFound() {
    world.shown(a);
    world.revert(a, "r", 1);
    world.shownAgain(a);
    found(Kind.EQUAL_COUNTERS, world.history());
  }

  @Test
  void judge_claimThatFails_isFound() {
    List<Event> history = clean();
    history.add(new Event.Claim(1, false, "the sum is 7"));
    found(Kind.CLAIM, history);
  }

  @Test
  void judge_lineThatIsNoEvent_isFound() {
    List<String> lines = new ArrayList<>(List.of("{\"event\":\"told\"}", "nonsense", "[1]"));
    assertThat(Judge.judge(lines).violations())
        .hasSize(3)
        .allSatisfy(found -> assertThat(found.kind()).isEqualTo(Kind.HISTORY));
  }

  @Test
  void line_everyEvent_isReadAgainAsItWas() {
    world.commitLocal(a, work("t3", Set.of(1L), 2));
    world.push(a, "merge");
    world.fork(a, "f");
    world.revert(a, "r", 1);
    world.restart(a);
    world.shown(a);
    world.discard(a);
    world.dated(b, 1);
    world.read(b, Set.of(1L));
    world.past(b, 0, Set.of(1L));
    List<Event> history = clean();
    history.add(new Event.Claim(1, true, "a \"quoted\" sentence"));
    for (Event event : history) {
      assertThat(EventReader.event(EventWriter.line(event))).isEqualTo(event);
    }
  }
}
