package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.Counts;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RetainRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 5.2, last paragraph: a commit that goes back to an LSN writes no page. */
class RevertTest {
  private final Stage stage =
      new Stage(88, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
  private final VolumeId volume = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, volume, oracle, stage.random.nextInt(4) == 0);
      stage.clock.advance(Duration.ofSeconds(1));
    }
  }

  private CommitRequest request(VolumeId of, Oracle history, int to) {
    TransactionRecord transaction = Writes.transaction(stage.ids, stage.clock.instant());
    return request(of, history, to, List.of(transaction));
  }

  private static CommitRequest request(
      VolumeId of, Oracle history, int to, List<TransactionRecord> transactions) {
    PageCount count = new PageCount(history.count(to));
    return new CommitRequest(
        of,
        history.position(history.head()),
        new Lsn(history.head()),
        count,
        count.min(new PageCount(history.count(history.head()))),
        transactions,
        new CommitRequest.Content.Revert(new Lsn(to)));
  }

  private CommitOutcome.Committed revert(VolumeId of, Oracle history, int to) {
    CommitOutcome outcome = stage.engine.commit(request(of, history, to));
    if (!(outcome instanceof CommitOutcome.Committed committed)) {
      throw new AssertionError("conflict: " + outcome);
    }
    history.revert(to, committed.position());
    history.check("revert", committed.graft(), history.head() - 1, history.head(), stage.engine);
    return committed;
  }

  private void check(String what, VolumeId of, Oracle history, int questions, Random random) {
    EngineRemote cold = stage.newEngine(EngineOptions.DEFAULT);
    for (int i = 0; i < questions; i++) {
      int since = i == 0 ? 0 : random.nextInt(history.head() + 1);
      int upto = i == 0 ? history.head() : since + random.nextInt(history.head() - since + 1);
      Until until = new Until.AtLsn(new Lsn(upto));
      boolean open = random.nextBoolean();
      EngineRemote engine = random.nextBoolean() ? stage.engine : cold;
      Graft graft = Stage.changes(engine, of, history.position(since), until, open);
      history.check(what, graft, since, upto, cold);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void revert_randomHistory_isWhatAMapOfPagesSays(long seed) {
    Random random = new Random(seed);
    int reverts = 0;
    while (oracle.head() < 110) {
      if (oracle.head() > 2 && random.nextInt(4) == 0) {
        int near = Math.max(0, oracle.head() - 6);
        revert(
            volume,
            oracle,
            random.nextBoolean()
                ? random.nextInt(oracle.head() + 1)
                : near + random.nextInt(oracle.head() - near));
        reverts++;
      } else {
        commits(1);
      }
    }
    assertThat(reverts).isGreaterThan(15);
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
    check("seed " + seed, volume, oracle, 80, random);
  }

  @Test
  void revert_inAFork_goesBackToItsBeginningAndToNothing() {
    commits(50);
    VolumeId child = stage.ids.newVolumeId();
    Forked forked = stage.engine.fork(new ForkRequest(volume, oracle.position(45), child));
    Oracle history = oracle.fork(45, stage.start(child), forked.start());
    for (int i = 0; i < 40; i++) {
      HistoryModelTest.commit(stage, child, history, i % 4 == 0);
    }
    for (int to : new int[] {1, 30, 0, 2, 41, 1}) {
      revert(child, history, to);
      check("in a fork, to " + to, child, history, 3, new Random(to));
    }
    check("in a fork", child, history, 20, new Random(1));
    // And what the parent is meanwhile is its own.
    check("parent", volume, oracle, 5, new Random(1));
  }

  @Test
  void revert_mentionsExactlyThePagesThatAreDifferent() {
    Writes grown = new Writes(60, 0);
    for (long page = 1; page <= 60; page++) {
      grown.pages.put(page, Writes.page(Stage.PAGE_SIZE, page));
    }
    HistoryModelTest.apply(stage, volume, oracle, grown, false);
    for (int i = 0; i < 8; i++) {
      Writes some = new Writes(60, 60);
      some.pages.put(5L + i, Writes.page(Stage.PAGE_SIZE, 1000 + i));
      some.cleared.put(30L + i, true);
      HistoryModelTest.apply(stage, volume, oracle, some, false);
    }
    HistoryModelTest.apply(stage, volume, oracle, new Writes(20, 20), false);
    for (int to : new int[] {9, 1, 4, 4, 1}) {
      int before = oracle.head();
      Root root = revert(volume, oracle, to).graft().root();
      Set<Long> mentioned = mentioned(root);
      assertThat(mentioned).as("to %d", to).isEqualTo(oracle.different(before, oracle.head()));
    }
    // To what it is already: nothing.
    Root nothing = revert(volume, oracle, oracle.head()).graft().root();
    assertThat(nothing.isEmpty()).isTrue();
  }

  private Set<Long> mentioned(Root root) {
    Set<Long> pages = new TreeSet<>();
    Oracle.Source source = new Oracle.Source(stage.engine);
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        Leaf leaf =
            switch (layer.place()) {
              case LeafPlace.Inline(Leaf here) -> here;
              case LeafPlace.InFrame place -> source.leaf(place);
            };
        leaf.live().forEach(pages::add);
        leaf.cleared().forEach(pages::add);
      }
    }
    return pages;
  }

  @Test
  void revert_ofEverything_refersToLeavesWhereTheyLie() {
    int pages = 200_000;
    Writes imported = new Writes(pages, 0);
    for (long page = 1; page <= pages; page += 3) {
      imported.pages.put(page, Writes.page(Stage.PAGE_SIZE, page));
    }
    HistoryModelTest.applyUnchecked(stage, volume, oracle, imported, false);
    HistoryModelTest.applyUnchecked(stage, volume, oracle, new Writes(1, 0), false);
    Counts before = stage.store.snapshot();
    int puts = stage.faulty.puts().size();
    CommitOutcome.Committed back =
        (CommitOutcome.Committed) stage.engine.commit(request(volume, oracle, 1));
    oracle.revert(1, back.position());
    Counts cost = stage.store.snapshot().minus(before);
    requireNoPages(puts);
    assertThat(cost.writes()).as("kept, commit, released").isEqualTo(3);
    assertThat(cost.bytesWritten()).isLessThan(8 * 1024);
    oracle.check("whole", stage.changes(volume, oracle.position(2)), 2, 3, stage.newEngine());
  }

  private void requireNoPages(int fromPut) {
    List<FaultyObjectStore.Put> puts = stage.faulty.puts();
    for (FaultyObjectStore.Put put : puts.subList(fromPut, puts.size())) {
      String key = put.key().value();
      if (key.contains("/segments/")) {
        SegmentId id = SegmentId.parse(key.substring(key.lastIndexOf('/') + 1));
        assertThat(Segment.verify(put.bytes(), volume, id).entries())
            .isNotEmpty()
            .noneMatch(entry -> entry.kind() == FrameKind.PAGES);
      } else if (key.contains("/log/")) {
        Lsn lsn = new Lsn(Keys.numberOf(put.key()));
        assertThat(Commit.decode(key, volume, lsn, put.bytes()).header().inlineFramesBytes())
            .isZero();
      }
    }
  }

  @Test
  void revert_ofManyScatteredPages_writesAMapAndNoPage() {
    for (int i = 0; i < 6; i++) {
      Writes writes = new Writes(3_000_000, i == 0 ? 0 : 3_000_000);
      for (int n = 0; n < 4_000; n++) {
        long page = 1 + stage.random.nextLong(3_000_000);
        writes.pages.put(page, Writes.page(Stage.PAGE_SIZE, n));
      }
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    }
    int puts = stage.faulty.puts().size();
    Counts before = stage.store.snapshot();
    CommitOutcome.Committed back =
        (CommitOutcome.Committed) stage.engine.commit(request(volume, oracle, 3));
    oracle.revert(3, back.position());
    requireNoPages(puts);
    assertThat(stage.store.snapshot().minus(before).writes()).isEqualTo(4);
    EngineRemote cold = stage.newEngine();
    Graft graft = Stage.changes(cold, volume, oracle.position(5), new Until.Head(), false);
    oracle.check("scattered", graft, 5, 7, cold);
  }

  @Test
  void revert_ofHotPages_theyAreHotAgain() {
    Writes first = new Writes(100, 0);
    for (long page = 1; page <= 100; page++) {
      first.pages.put(page, Writes.page(Stage.PAGE_SIZE, page));
      if (page % 10 == 1) {
        first.hot.put(page, true);
      }
    }
    HistoryModelTest.apply(stage, volume, oracle, first, true);
    Graft then = stage.changes(volume, null);
    Writes cold = new Writes(100, 100);
    for (long page = 1; page <= 100; page++) {
      cold.pages.put(page, Writes.page(Stage.PAGE_SIZE, 500 + page));
    }
    HistoryModelTest.apply(stage, volume, oracle, cold, true);
    assertThat(stage.changes(volume, null).root().hot()).isEmpty();
    revert(volume, oracle, 1);
    Graft now = stage.changes(volume, null);
    assertThat(then.root().hot()).isNotEmpty();
    assertThat(now.root().hot()).isEqualTo(then.root().hot());
    assertThat(Maps.find(now.root(), 1, new Oracle.Source(stage.engine)))
        .isInstanceOfSatisfying(PageLookup.Found.class, found -> assertThat(found.hot()).isTrue());
    Graft open = Stage.changes(stage.newEngine(), volume, null, new Until.Head(), true);
    assertThat(open.frames()).isNotEmpty();
  }

  @Test
  void revert_requestAgain_isTheSameCommitAndWritesNothing() {
    commits(9);
    CommitRequest request = request(volume, oracle, 4);
    CommitOutcome.Committed first = (CommitOutcome.Committed) stage.engine.commit(request);
    oracle.revert(4, first.position());
    commits(2);
    int puts = stage.faulty.puts().size();
    for (EngineRemote engine : List.of(stage.engine, stage.newEngine())) {
      CommitOutcome.Committed again = (CommitOutcome.Committed) engine.commit(request);
      assertThat(again.position()).isEqualTo(first.position());
    }
    assertThat(stage.faulty.puts()).hasSize(puts);
  }

  @Test
  void revert_anotherCommitWasFirst_isAConflict() {
    commits(9);
    CommitRequest late = request(volume, oracle, 4);
    commits(1);
    CommitOutcome.Conflict conflict = (CommitOutcome.Conflict) stage.engine.commit(late);
    oracle.check("conflict", conflict.graft(), 9, 10, stage.engine);
    assertThat(States.newest(stage, volume).keptLsns()).isEmpty();
  }

  @Test
  void revert_storeThatLosesAnswers_landsOnceAndLetsTheLsnGo() {
    commits(6);
    for (String part : List.of("/state/", "/log/")) {
      for (FaultyObjectStore.Fault fault : FaultyObjectStore.Fault.PASSING) {
        stage.faulty.plan(part, fault);
        revert(volume, oracle, 3);
        stage.faulty.landDelayed();
        commits(1);
        check(part + fault, volume, oracle, 3, new Random(1));
      }
    }
    assertThat(States.newest(stage, volume).keptLsns()).isEmpty();
    // All faults were met: one that is left would hold up this one.
    stage.faulty.plan("/log/", FaultyObjectStore.Fault.REFUSED);
    int puts = stage.faulty.puts().size();
    revert(volume, oracle, 3);
    assertThat(stage.faulty.puts().size() - puts).isEqualTo(4);
  }

  @Test
  void revert_itsLsnCannotBeLetGo_isCommittedAllTheSame() {
    commits(6);
    for (FaultyObjectStore.Fault refusal :
        List.of(FaultyObjectStore.Fault.NO_ROOM, FaultyObjectStore.Fault.FORBIDDEN)) {
      stage.faulty.faultsHit();
      stage.faulty.beforePut("/log/", () -> stage.faulty.plan("/state/", refusal));
      revert(volume, oracle, refusal == FaultyObjectStore.Fault.NO_ROOM ? 2 : 3);
      assertThat(stage.faulty.faultsHit()).isEqualTo(1);
    }
    assertThat(States.newest(stage, volume).keptLsns()).hasSize(2);
    check("refused", volume, oracle, 3, new Random(1));
  }

  @Test
  void revert_cutAtAnyStep_landsOnceWhenAskedAgain() {
    commits(40);
    int cuts = 0;
    for (int step = 0; step < 3; step++) {
      for (boolean after : new boolean[] {false, true}) {
        // Another LSN each time: one that stays kept after a cut is not kept again.
        int to = 20 + 2 * step + (after ? 1 : 0);
        CommitRequest request = request(volume, oracle, to);
        HookedStore cutting =
            new HookedStore(
                stage.store,
                step,
                after,
                () -> {
                  throw new HookedStore.Cut("cut");
                });
        try {
          engineOn(cutting).commit(request);
        } catch (HookedStore.Cut expected) {
          cuts++;
        }
        CommitOutcome.Committed done = (CommitOutcome.Committed) stage.newEngine().commit(request);
        oracle.revert(to, done.position());
        commits(1);
        check("step " + step + after, volume, oracle, 4, new Random(step));
      }
    }
    assertThat(cuts).isEqualTo(6);
  }

  private EngineRemote engineOn(HookedStore store) {
    return new EngineRemote(
        store, store, stage.concurrency, stage.ids, new Random(7), stage.options);
  }

  @Test
  void revert_whileItIsMade_theLsnIsKept() {
    commits(40);
    List<StateRecord> seen = new ArrayList<>();
    // Change 0 keeps, change 1 is the commit.
    HookedStore watching =
        new HookedStore(stage.store, 1, false, () -> seen.add(States.newest(stage, volume)));
    CommitRequest request = request(volume, oracle, 20);
    oracle.revert(20, ((CommitOutcome.Committed) engineOn(watching).commit(request)).position());
    assertThat(watching.changes().get(1)).contains("/log/");
    assertThat(seen.getFirst().keptLsns()).containsExactly(new Lsn(20));
    assertThat(States.newest(stage, volume).keptLsns()).isEmpty();
    // Of one that was kept before, nothing changes.
    States.publish(stage, volume, 0, List.of(new Lsn(20)));
    revert(volume, oracle, 20);
    assertThat(States.newest(stage, volume).keptLsns()).containsExactly(new Lsn(20));
  }

  @Test
  void revert_belowTheFloor_isGoneUnlessKept() {
    commits(40);
    States.publish(stage, volume, 32, List.of(new Lsn(7)));
    CommitRequest request = request(volume, oracle, 31);
    int puts = stage.faulty.puts().size();
    assertThatThrownBy(() -> stage.newEngine().commit(request))
        .isInstanceOf(GraftException.Gone.class)
        .hasMessageContaining("commit 31");
    assertThat(stage.faulty.puts()).hasSize(puts);
    stage.engine = stage.newEngine();
    revert(volume, oracle, 7);
    revert(volume, oracle, 32);
  }

  @Test
  void revertAndFork_ofAKeptLsnWhenAllAroundItIsTrimmed_work() {
    commits(70);
    stage.engine.retain(
        new RetainRequest(volume, new RetainRequest.Change.Keep(new Lsn(17), true)));
    stage.clock.advance(Duration.ofDays(10));
    commits(3);
    RetainRequest floor = new RetainRequest(volume, new RetainRequest.Change.FloorAt(new Lsn(64)));
    long trimmed = stage.engine.retain(floor).trimmedCommits();
    stage.clock.advance(Duration.ofHours(30));
    stage.engine = stage.newEngine();
    trimmed += stage.engine.retain(floor).trimmedCommits();
    assertThat(trimmed).isPositive();
    commits(1);
    VolumeId child = stage.ids.newVolumeId();
    Forked forked = stage.engine.fork(new ForkRequest(volume, oracle.position(17), child));
    Oracle history = oracle.fork(17, stage.start(child), forked.start());
    check("fork of a kept LSN", child, history, 1, new Random(1));
    revert(volume, oracle, 17);
    revert(volume, oracle, 64);
    Graft graft = Stage.changes(stage.newEngine(), volume, null, new Until.Head(), false);
    oracle.check("kept", graft, 0, oracle.head(), stage.engine);
  }

  @Test
  void revert_floorRisesFirst_losesTheRaceAndIsGone() {
    commits(40);
    // The floor takes the state number that the revert is about to take.
    HookedStore racing =
        new HookedStore(stage.store, 0, false, () -> States.publish(stage, volume, 32, List.of()));
    CommitRequest request = request(volume, oracle, 20);
    assertThatThrownBy(() -> engineOn(racing).commit(request))
        .isInstanceOf(GraftException.Gone.class);
    assertThat(stage.changes(volume, null).upto()).isEqualTo(oracle.position(40));
  }

  @Test
  void revert_requestThatDoesNotFit_isMisuse() {
    commits(9);
    CommitRequest good = request(volume, oracle, 4);
    Position base = oracle.position(9);
    PageCount wrong = new PageCount(good.count().value() + 1);
    var back = new CommitRequest.Content.Revert(new Lsn(4));
    var ahead = new CommitRequest.Content.Revert(new Lsn(10));
    var one = good.transactions();
    var two = List.of(one.getFirst(), Writes.transaction(stage.ids, stage.clock.instant()));
    Lsn head = base.lsn();
    for (CommitRequest bad :
        List.of(
            new CommitRequest(volume, base, head, wrong, good.smallest(), one, back),
            new CommitRequest(volume, base, head, good.count(), PageCount.ZERO, one, back),
            new CommitRequest(volume, base, head, good.count(), good.smallest(), one, ahead),
            new CommitRequest(volume, base, head, good.count(), good.smallest(), two, back))) {
      assertThatThrownBy(() -> stage.engine.commit(bad)).isInstanceOf(GraftException.Misuse.class);
    }
    assertThat(stage.changes(volume, null).upto()).isEqualTo(base);
    assertThat(States.newest(stage, volume).keptLsns()).isEmpty();
  }
}
