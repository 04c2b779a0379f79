package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.Counts;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 5.8: a fork is a volume like any other, and no page was copied for it. */
class ForkTest {
  private static final int MAX_WRITES = 6;

  private final Stage stage =
      new Stage(77, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
  private final VolumeId parent = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(parent));

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, parent, oracle, stage.random.nextInt(4) == 0);
      stage.clock.advance(Duration.ofSeconds(1));
    }
  }

  private record Child(VolumeId volume, Forked forked, Oracle oracle) {}

  private Child fork(VolumeId of, Oracle history, int lsn) {
    VolumeId child = stage.ids.newVolumeId();
    Forked forked = stage.engine.fork(new ForkRequest(of, history.position(lsn), child));
    return child(forked, history, lsn);
  }

  private Child child(Forked forked, Oracle history, int lsn) {
    VolumeId child = forked.child().volume();
    return new Child(child, forked, history.fork(lsn, stage.start(child), forked.start()));
  }

  /** Every question about the volume, asked of an engine that knows nothing. */
  private void check(String what, VolumeId volume, Oracle history, int questions, Random random) {
    EngineRemote cold = stage.newEngine(EngineOptions.DEFAULT);
    for (int i = 0; i < questions; i++) {
      int since = i == 0 ? 0 : random.nextInt(history.head() + 1);
      int upto = i == 0 ? history.head() : since + random.nextInt(history.head() - since + 1);
      Graft graft =
          Stage.changes(
              random.nextBoolean() ? stage.engine : cold,
              volume,
              since == 0 && random.nextBoolean() ? null : history.position(since),
              new Until.AtLsn(new Lsn(upto)),
              random.nextBoolean());
      history.check(what, graft, since, upto, cold);
    }
  }

  @Test
  void fork_atTheHeadAndAtAPastLsn_isTheSnapshotUnderAnotherName() {
    commits(70);
    for (int lsn : new int[] {70, 64, 33, 32, 1}) {
      Child child = fork(parent, oracle, lsn);
      check("fork at " + lsn, child.volume, child.oracle, 3, new Random(lsn));
      assertThat(child.forked.start().lsn()).isEqualTo(new Lsn(1));
      assertThat(child.forked.time()).isEqualTo(child.forked.child().created());
      LogPage log = stage.engine.log(child.volume, null, 10);
      assertThat(log.commits()).hasSize(1);
      assertThat(log.commits().getFirst().pagesWritten()).isZero();
      assertThat(log.commits().getFirst().transactions().getFirst().message())
          .isEqualTo("fork of " + parent + " at " + lsn);
    }
  }

  @Test
  void fork_writesNoPageAndAtMostSixObjects() {
    commits(70);
    for (int lsn : new int[] {70, 41}) {
      int puts = stage.faulty.puts().size();
      Counts before = stage.store.snapshot();
      Child child = fork(parent, oracle, lsn);
      Counts cost = stage.store.snapshot().minus(before);
      assertThat(cost.writes()).isBetween(1L, (long) MAX_WRITES);
      requireNoPages(child, puts);
    }
  }

  @Test
  void fork_ofAMapThatDoesNotFitOneObject_writesNoPageAndAtMostSixObjects() {
    scatter();
    for (int lsn : new int[] {14, 12}) {
      int puts = stage.faulty.puts().size();
      Counts before = stage.store.snapshot();
      Child child = fork(parent, oracle, lsn);
      Counts cost = stage.store.snapshot().minus(before);
      assertThat(cost.writes()).as("with a segment of leaves").isEqualTo(MAX_WRITES);
      requireNoPages(child, puts);
      check("large", child.volume, child.oracle, 1, new Random(1));
    }
  }

  private static final long SCATTERED = 3_000_000;

  /** Commits whose leaves fit each of them, and not one object together. */
  private void scatter() {
    for (int i = 0; i < 14; i++) {
      Writes writes = new Writes(SCATTERED, i == 0 ? 0 : SCATTERED);
      for (int n = 0; n < 3_600; n++) {
        long page = 1 + stage.random.nextLong(SCATTERED);
        writes.pages.put(page, Writes.page(Stage.PAGE_SIZE, n));
      }
      HistoryModelTest.applyUnchecked(stage, parent, oracle, writes, false);
    }
  }

  @Test
  void fork_ofMoreThanAThousandWindows_goesThroughBranches() {
    long count = 1_500L << 16;
    for (int i = 0; i < 3; i++) {
      Writes writes = new Writes(count, i == 0 ? 0 : count);
      for (int window = 0; window < 1_500; window += i == 0 ? 1 : 301) {
        long page = ((long) window << 16) + 1 + stage.random.nextLong(3);
        writes.pages.put(page, Writes.page(Stage.PAGE_SIZE, stage.random.nextLong()));
      }
      HistoryModelTest.applyUnchecked(stage, parent, oracle, writes, false);
    }
    Counts before = stage.store.snapshot();
    Child child = fork(parent, oracle, 3);
    assertThat(stage.store.snapshot().minus(before).writes()).isLessThanOrEqualTo(MAX_WRITES);
    check("branches", child.volume, child.oracle, 1, new Random(1));
    Writes one = Writes.of(count, count, 70_000, Writes.page(Stage.PAGE_SIZE, 5));
    HistoryModelTest.applyUnchecked(stage, child.volume, child.oracle, one, false);
    check("branches, a commit later", child.volume, child.oracle, 3, new Random(2));
  }

  /** What was put since is no frame of pages, and all of it lies in the child but the pin. */
  private void requireNoPages(Child child, int fromPut) {
    List<FaultyObjectStore.Put> puts = stage.faulty.puts();
    for (FaultyObjectStore.Put put : puts.subList(fromPut, puts.size())) {
      String key = put.key().value();
      assertThat(key).contains(child.volume.toString());
      if (key.contains("/segments/")) {
        SegmentFooter footer = footer(child.volume, key, put.bytes());
        assertThat(footer.entries())
            .isNotEmpty()
            .noneMatch(entry -> entry.kind() == FrameKind.PAGES);
      } else if (key.contains("/log/")) {
        Commit commit = Commit.decode(key, child.volume, new Lsn(1), put.bytes());
        assertThat(commit.header().inlineFramesBytes()).isZero();
      }
    }
  }

  private static SegmentFooter footer(VolumeId volume, String key, byte[] bytes) {
    SegmentId id = SegmentId.parse(key.substring(key.lastIndexOf('/') + 1));
    return Segment.verify(bytes, volume, id);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void fork_familyOfVolumesThatAllGoOn_eachIsWhatAMapOfPagesSays(long seed) {
    Random random = new Random(seed);
    List<Child> family = new ArrayList<>();
    commits(20 + random.nextInt(30));
    for (int i = 0; i < 5; i++) {
      boolean ofParent = i == 0 || random.nextInt(3) == 0;
      VolumeId of = ofParent ? parent : family.getLast().volume;
      Oracle history = ofParent ? oracle : family.getLast().oracle;
      family.add(fork(of, history, 1 + random.nextInt(history.head())));
      for (int n = 0; n < 15; n++) {
        commits(1);
        for (Child child : family) {
          HistoryModelTest.commit(stage, child.volume, child.oracle, random.nextInt(4) == 0);
        }
      }
    }
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
    check("seed " + seed, parent, oracle, 20, random);
    for (Child child : family) {
      assertThat(child.oracle.head()).isGreaterThan(15);
      check("seed " + seed, child.volume, child.oracle, 20, random);
    }
  }

  @Test
  void fork_thousandCommitsLater_hasACheckpointLikeAnyVolume() {
    commits(40);
    Child child = fork(parent, oracle, 37);
    stage.clock.advance(Duration.ofSeconds(1));
    long count = child.oracle.count(1);
    while (child.oracle.head() < 1_060) {
      long page = 1 + stage.random.nextLong(count);
      Writes writes = Writes.of(count, count, page, Writes.page(Stage.PAGE_SIZE, page));
      HistoryModelTest.applyUnchecked(stage, child.volume, child.oracle, writes, false);
    }
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
    check("long child", child.volume, child.oracle, 12, new Random(4));
    EngineRemote cold = stage.newEngine();
    Counts before = stage.store.snapshot();
    for (int upto : new int[] {1, 31, 32, 1_023, 1_024, 1_060}) {
      Counts start = stage.store.snapshot();
      Stage.changes(stage.newEngine(), child.volume, null, new Until.AtLsn(new Lsn(upto)), true);
      assertThat(stage.store.snapshot().minus(start).reads())
          .as("open at %d", upto)
          .isLessThanOrEqualTo(ChangesReader.OPEN_READS);
    }
    assertThat(stage.store.snapshot().minus(before).writes()).isZero();
    Graft byTime =
        Stage.changes(cold, child.volume, null, new Until.AtTime(child.forked.time()), false);
    assertThat(byTime.upto()).isEqualTo(child.oracle.position(1));
  }

  @Test
  void fork_ofForks_readsAreAsManyAtAnyDepthAndTheSeventeenthIsRefused() {
    commits(3);
    VolumeId of = parent;
    Oracle history = oracle;
    List<Long> reads = new ArrayList<>();
    for (int depth = 1; depth <= VolumeRecord.MAX_ANCESTORS; depth++) {
      Child child = fork(of, history, history.head());
      Counts before = stage.store.snapshot();
      EngineRemote cold = stage.newEngine();
      Graft graft = Stage.changes(cold, child.volume, null, new Until.Head(), true);
      reads.add(stage.store.snapshot().minus(before).reads());
      child.oracle.check("depth " + depth, graft, 0, 1, cold);
      of = child.volume;
      history = child.oracle;
    }
    assertThat(reads).allMatch(count -> count.equals(reads.getFirst()), "one depth like another");
    VolumeId tooDeep = of;
    Position at = history.position(1);
    int puts = stage.faulty.puts().size();
    assertThatThrownBy(
            () -> stage.engine.fork(new ForkRequest(tooDeep, at, stage.ids.newVolumeId())))
        .isInstanceOf(GraftException.Limit.class)
        .hasMessageContaining("16 ancestors")
        .hasMessageContaining("export");
    assertThat(stage.faulty.puts()).as("nothing was begun").hasSize(puts);
  }

  @Test
  void fork_requestAgain_isTheSameAndWritesNothing() {
    commits(5);
    Child child = fork(parent, oracle, 5);
    commits(3);
    HistoryModelTest.commit(stage, child.volume, child.oracle, false);
    int puts = stage.faulty.puts().size();
    ForkRequest again = new ForkRequest(parent, oracle.position(5), child.volume);
    assertThat(stage.newEngine().fork(again)).isEqualTo(child.forked);
    assertThat(stage.engine.fork(again)).isEqualTo(child.forked);
    assertThat(stage.faulty.puts()).hasSize(puts);
  }

  private EngineRemote engineOn(ObjectStore store) {
    return new EngineRemote(
        store, store, stage.concurrency, stage.ids, new Random(7), stage.options);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fork_cutAtAnyStep_isFinishedByTheNextAttempt(boolean withSegment) {
    if (withSegment) {
      scatter();
    } else {
      commits(40);
    }
    int cuts = 0;
    // With a segment, only what is different: its put, and that of the checkpoint that names it.
    int firstStep = withSegment ? 1 : 0;
    int lastStep = withSegment ? 2 : MAX_WRITES - 2;
    for (int step = firstStep; step <= lastStep; step++) {
      for (boolean after : new boolean[] {false, true}) {
        VolumeId child = stage.ids.newVolumeId();
        ForkRequest request = new ForkRequest(parent, oracle.position(oracle.head()), child);
        String where = (after ? "after" : "before") + " change " + step;
        HookedStore cutting =
            new HookedStore(
                stage.store,
                step,
                after,
                () -> {
                  throw new HookedStore.Cut(where);
                });
        try {
          engineOn(cutting).fork(request);
        } catch (HookedStore.Cut expected) {
          cuts++;
        }
        stage.clock.advance(Duration.ofMinutes(3));
        if (withSegment) {
          HistoryModelTest.applyUnchecked(
              stage,
              parent,
              oracle,
              Writes.of(SCATTERED, SCATTERED, 1 + step, Writes.page(Stage.PAGE_SIZE, step)),
              false);
        } else {
          commits(7); // the map of the LSN may be found elsewhere meanwhile, in rollups
        }
        Forked forked = stage.newEngine().fork(request);
        assertThat(stage.newEngine().fork(request)).as(where).isEqualTo(forked);
        Child made = child(forked, oracle, (int) request.at().lsn().value());
        check(where, child, made.oracle, 1, new Random(step));
        HistoryModelTest.apply(
            stage,
            child,
            made.oracle,
            Writes.of(
                made.oracle.count(1), made.oracle.count(1), 1, Writes.page(Stage.PAGE_SIZE, 1)),
            false);
      }
    }
    assertThat(cuts).isEqualTo(2 * (lastStep - firstStep + 1));
  }

  @Test
  void fork_anotherAttemptRunsAtAnyStep_bothMakeTheOneChild() {
    commits(40);
    int met = 0;
    for (int step = 0; step < MAX_WRITES; step++) {
      for (boolean after : new boolean[] {false, true}) {
        ForkRequest request = new ForkRequest(parent, oracle.position(38), stage.ids.newVolumeId());
        List<Forked> other = new ArrayList<>();
        HookedStore racing =
            new HookedStore(
                stage.store, step, after, () -> other.add(stage.newEngine().fork(request)));
        Forked forked = engineOn(racing).fork(request);
        met += other.size();
        for (Forked theirs : other) {
          assertThat(theirs).as("step %d %s", step, after).isEqualTo(forked);
        }
        Child made = child(forked, oracle, 38);
        check("race", made.volume, made.oracle, 1, new Random(step));
      }
    }
    assertThat(met).isEqualTo(2 * (MAX_WRITES - 1));
  }

  @Test
  void fork_storeThatLosesAnswers_landsOnce() {
    commits(4);
    int faults = 0;
    for (String part : List.of("/forks/", "/checkpoints/", "/log/", "/volume", "/state/")) {
      for (FaultyObjectStore.Fault fault : FaultyObjectStore.Fault.PASSING) {
        stage.faulty.plan(part, fault);
        Child child = fork(parent, oracle, 4);
        stage.faulty.landDelayed();
        check(part + fault, child.volume, child.oracle, 1, new Random(1));
        faults++;
      }
    }
    assertThat(faults).isEqualTo(25);
    // A plan that was not met would have been met by the next put of such a key.
    stage.faulty.plan("/forks/", FaultyObjectStore.Fault.REFUSED);
    int puts = stage.faulty.puts().size();
    fork(parent, oracle, 4);
    assertThat(stage.faulty.puts().size() - puts).isEqualTo(MAX_WRITES);
  }

  @Test
  void fork_idOfAnotherVolume_isMisuse() {
    commits(6);
    Child child = fork(parent, oracle, 5);
    VolumeId empty = stage.newVolume();
    for (VolumeId taken : List.of(empty, child.volume)) {
      assertThatThrownBy(
              () -> stage.engine.fork(new ForkRequest(parent, oracle.position(6), taken)))
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining(taken + " is taken");
      assertThat(stage.memory.get(Keys.pin(parent, empty), 0, 1))
          .isInstanceOf(GetOutcome.Missing.class);
    }
    assertThatThrownBy(
            () -> stage.engine.createVolume(new CreateVolume(child.volume, Stage.PAGE_SIZE)))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void fork_idTakenWhileItIsMade_isMisuseAndLeavesNoPin() {
    commits(6);
    VolumeId child = stage.ids.newVolumeId();
    HookedStore racing =
        new HookedStore(
            stage.store,
            1,
            true,
            () -> stage.newEngine().createVolume(new CreateVolume(child, Stage.PAGE_SIZE)));
    assertThatThrownBy(
            () -> engineOn(racing).fork(new ForkRequest(parent, oracle.position(6), child)))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("is taken");
    assertThat(isThere(Keys.pin(parent, child))).isFalse();
  }

  @Test
  void fork_begunAtAnotherCommit_isMisuse() {
    commits(6);
    VolumeId child = stage.ids.newVolumeId();
    cutAfter(0, new ForkRequest(parent, oracle.position(6), child));
    assertThatThrownBy(() -> stage.engine.fork(new ForkRequest(parent, oracle.position(5), child)))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("was begun at commit 6");
  }

  private void cutAfter(int step, ForkRequest request) {
    HookedStore cutting =
        new HookedStore(
            stage.store,
            step,
            true,
            () -> {
              throw new HookedStore.Cut("cut");
            });
    assertThatThrownBy(() -> engineOn(cutting).fork(request)).isInstanceOf(HookedStore.Cut.class);
  }

  @Test
  void fork_whatIsNotThere_isRefusedBeforeAnythingIsWritten() {
    commits(3);
    VolumeId child = stage.ids.newVolumeId();
    int puts = stage.faulty.puts().size();
    assertThatThrownBy(() -> stage.engine.fork(new ForkRequest(parent, oracle.position(0), child)))
        .isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> stage.engine.fork(new ForkRequest(parent, oracle.position(2), parent)))
        .isInstanceOf(GraftException.Misuse.class);
    Position other = new Position(new Lsn(2), Hash.sha256(new byte[] {2}));
    assertThatThrownBy(() -> stage.engine.fork(new ForkRequest(parent, other, child)))
        .isInstanceOf(GraftException.Diverged.class);
    Position above = new Position(new Lsn(9), other.hash());
    assertThatThrownBy(() -> stage.engine.fork(new ForkRequest(parent, above, child)))
        .isInstanceOf(GraftException.Diverged.class);
    VolumeId nowhere = stage.ids.newVolumeId();
    assertThatThrownBy(() -> stage.engine.fork(new ForkRequest(nowhere, other, child)))
        .isInstanceOf(GraftException.NotFound.class);
    assertThat(stage.faulty.puts()).hasSize(puts);
  }

  @Test
  void fork_belowTheFloor_isGoneAndLeavesNoPin() {
    commits(40);
    States.publish(stage, parent, 32, List.of(new Lsn(7)));
    VolumeId child = stage.ids.newVolumeId();
    ForkRequest request = new ForkRequest(parent, oracle.position(31), child);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> stage.newEngine().fork(request))
          .isInstanceOf(GraftException.Gone.class)
          .hasMessageContaining(i == 0 ? "commit 31" : "given up");
      assertThat(isThere(Keys.pin(parent, child))).isFalse();
    }
    assertThatThrownBy(() -> stage.newEngine().volume(child))
        .isInstanceOf(GraftException.NotFound.class);
    assertThatThrownBy(
            () -> stage.newEngine().createVolume(new CreateVolume(child, Stage.PAGE_SIZE)))
        .isInstanceOf(GraftException.Misuse.class);
    for (int lsn : new int[] {32, 7}) {
      Child made = fork(parent, oracle, lsn);
      check("at the floor, and kept", made.volume, made.oracle, 1, new Random(1));
    }
  }

  @Test
  void fork_floorRisesAtAnyStepAndAnotherAttemptGivesUp_forkOrAbortWinsForBoth() {
    int gone = 0;
    int won = 0;
    for (int step = 0; step < MAX_WRITES - 1; step++) {
      for (boolean after : new boolean[] {false, true}) {
        VolumeId of = stage.newVolume();
        Oracle history = new Oracle(Stage.PAGE_SIZE, stage.start(of));
        for (int i = 0; i < 40; i++) {
          HistoryModelTest.commit(stage, of, history, false);
        }
        VolumeId child = stage.ids.newVolumeId();
        ForkRequest request = new ForkRequest(of, history.position(20), child);
        List<String> others = new ArrayList<>();
        HookedStore racing =
            new HookedStore(
                stage.store,
                step,
                after,
                () -> {
                  States.publish(stage, of, 32, List.of());
                  others.add(outcome(stage.newEngine(), request));
                });
        String mine = outcome(engineOn(racing), request);
        assertThat(others).as("step %d", step).hasSize(1);
        String where = "step " + step + (after ? " after " : " before ") + mine + others;
        boolean isThere = exists(child);
        assertThat(mine.equals("made")).as(where).isEqualTo(isThere);
        assertThat(others.getFirst().equals("made")).as(where).isEqualTo(isThere);
        assertThat(isThere(Keys.pin(of, child))).as(where).isEqualTo(isThere);
        gone += isThere ? 0 : 1;
        won += isThere ? 1 : 0;
      }
    }
    assertThat(gone).isGreaterThan(1);
    assertThat(won).isGreaterThan(1);
  }

  private boolean exists(VolumeId volume) {
    try {
      return stage.newEngine().volume(volume).volume().equals(volume);
    } catch (GraftException.NotFound e) {
      return false;
    }
  }

  private static String outcome(EngineRemote engine, ForkRequest request) {
    try {
      engine.fork(request);
      return "made";
    } catch (GraftException.Gone e) {
      return "gone";
    }
  }

  @Test
  void fork_retriedADayLater_saysThatItIsTooLate() {
    commits(4);
    VolumeId child = stage.ids.newVolumeId();
    ForkRequest request = new ForkRequest(parent, oracle.position(4), child);
    cutAfter(0, request);
    stage.clock.advance(Duration.ofHours(25));
    assertThatThrownBy(() -> stage.engine.fork(request))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("make a new id");
    // With the checkpoint there, nothing is too late.
    VolumeId other = stage.ids.newVolumeId();
    ForkRequest second = new ForkRequest(parent, oracle.position(4), other);
    cutAfter(1, second);
    stage.clock.advance(Duration.ofHours(100));
    Child made = child(stage.engine.fork(second), oracle, 4);
    check("late", made.volume, made.oracle, 1, new Random(1));
  }

  @Test
  void changesSince_checkpointOfAForkIsDamagedOrMissing_isToldByItsKey() {
    commits(4);
    Child child = fork(parent, oracle, 4);
    ObjectKey key =
        stage.memory.list("volumes/" + child.volume + "/checkpoints/", "", 1).getFirst();
    byte[] bytes = stage.object(key).clone();
    bytes[60] ^= 1;
    stage.replace(key, bytes);
    assertThatThrownBy(
            () -> Stage.changes(stage.newEngine(), child.volume, null, new Until.Head(), false))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining(key.value());
    stage.memory.delete(key);
    assertThatThrownBy(
            () -> Stage.changes(stage.newEngine(), child.volume, null, new Until.Head(), false))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining(key.value())
        .hasMessageContaining("missing");
  }

  @Test
  void commit_onAForkByTwo_conflictsAsOnAnyVolume() {
    commits(4);
    Child child = fork(parent, oracle, 4);
    long count = child.oracle.count(1);
    Writes writes = Writes.of(count, count, 1, Writes.page(Stage.PAGE_SIZE, 8));
    var first =
        writes.inline(
            child.volume,
            Stage.PAGE_SIZE,
            child.forked.start(),
            List.of(Writes.transaction(stage.ids, stage.clock.instant())));
    var second =
        writes.inline(
            child.volume,
            Stage.PAGE_SIZE,
            child.forked.start(),
            List.of(Writes.transaction(stage.ids, stage.clock.instant())));
    assertThat(stage.engine.commit(first)).isInstanceOf(CommitOutcome.Committed.class);
    assertThat(stage.engine.commit(second)).isInstanceOf(CommitOutcome.Conflict.class);
    assertThat(stage.changes(parent, null).upto()).isEqualTo(oracle.position(4));
  }

  private boolean isThere(ObjectKey key) {
    return stage.memory.get(key, 0, 1) instanceof GetOutcome.Found;
  }
}
