package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rules 4.10, 4.11, 5.2 step 5, 5.4 and 5.7: what is given up, and what is answered then. */
class FloorTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private final Stage stage =
      new Stage(12, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
  private final VolumeId volume = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  /** One-page commits, an hour apart. */
  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      int lsn = oracle.head() + 1;
      Writes writes =
          Writes.of(50, lsn == 1 ? 0 : 50, 1 + lsn % 45, Writes.page(Stage.PAGE_SIZE, lsn));
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
      stage.clock.advance(HOUR);
    }
  }

  private Retained retain(Change change) {
    return stage.newEngine().retain(new RetainRequest(volume, change));
  }

  private Graft open(EngineRemote engine, long lsn) {
    return Stage.changes(engine, volume, null, new Until.AtLsn(new Lsn(lsn)), false);
  }

  private boolean isThere(ObjectKey key) {
    return stage.memory.get(key, 0, 0) instanceof GetOutcome.Found;
  }

  private List<Long> logBelow(long floor) {
    return stage.memory.list(Keys.logPrefix(volume), "", 1_000).stream()
        .map(Keys::numberOf)
        .filter(lsn -> lsn < floor)
        .toList();
  }

  @Test
  void state_newVolume_keepsAWeekAndEverything() {
    VolumeState state = stage.engine.state(volume);
    assertThat(state.floor()).isEqualTo(Lsn.ZERO);
    assertThat(state.retention()).isEqualTo(WEEK);
    assertThat(state.kept()).isEmpty();
    assertThat(state.number()).isEqualTo(1);
  }

  @Test
  void retain_floor_isRoundedDownAndTrimsWhatNoMapNames() {
    commits(100);
    stage.clock.advance(WEEK);
    Retained done = retain(new Change.FloorAt(new Lsn(99)));
    assertThat(done.state().floor()).isEqualTo(new Lsn(96));
    assertThat(done.changed()).isTrue();
    assertThat(done.state().checkpoints()).containsExactly(new Lsn(96));
    assertThat(done.trimmedCommits()).isGreaterThan(90);
    assertThat(logBelow(96)).hasSize((int) done.placesCommits());
    assertThat(done.trimmedCommits() + done.placesCommits()).isEqualTo(95);
    assertThat(isThere(Keys.commit(volume, new Lsn(96)))).isTrue();
    for (int lsn = 96; lsn <= 100; lsn++) {
      oracle.check("above", open(stage.newEngine(), lsn), 0, lsn, stage.newEngine());
    }
    for (long lsn : new long[] {0, 1, 64, 95}) {
      assertThatThrownBy(() -> open(stage.newEngine(), lsn))
          .isInstanceOf(GraftException.Gone.class)
          .hasMessageContaining("history below LSN 96 was given up");
    }
    // Nothing more to do the second time.
    Retained again = retain(new Change.FloorAt(new Lsn(99)));
    assertThat(again.changed()).isFalse();
    assertThat(again.trimmedCommits()).isZero();
    assertThat(again.state().number()).isEqualTo(done.state().number());
  }

  @Test
  void changesSince_belowTheFloor_isTheWholeAnew() {
    commits(100);
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(64)));
    for (int since : new int[] {1, 33, 63}) {
      Graft graft =
          Stage.changes(stage.newEngine(), volume, oracle.position(since), new Until.Head(), false);
      oracle.check("from the empty volume", graft, 0, 100, stage.newEngine());
      assertThatThrownBy(() ->
              Stage.changes(
                  stage.newEngine(),
                  volume,
                  oracle.position(since),
                  new Until.AtLsn(new Lsn(since)),
                  false))
          .isInstanceOf(GraftException.Gone.class);
    }
    Graft graft =
        Stage.changes(stage.newEngine(), volume, oracle.position(64), new Until.Head(), false);
    oracle.check("from the floor", graft, 64, 100, stage.newEngine());
  }

  @Test
  void changesSince_engineThatSleptOverTheFloor_doesNotTakeAGapForTheHead() {
    commits(5);
    EngineRemote asleep = stage.engine;
    Stage.changes(asleep, volume, oracle.position(5), new Until.Head(), false);
    stage.engine = stage.newEngine();
    commits(95);
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(96)));
    assertThat(isThere(Keys.commit(volume, new Lsn(6)))).isFalse();
    Graft graft = Stage.changes(asleep, volume, oracle.position(5), new Until.Head(), false);
    oracle.check("after its sleep", graft, 0, 100, stage.newEngine());
  }

  @Test
  void changesSince_storeWithoutListing_findsTheHeadFromTheFloor() {
    commits(5);
    EngineRemote asleep = stage.engine;
    stage.engine = stage.newEngine();
    commits(95);
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(96)));
    stage.faulty.stopListing();
    for (EngineRemote engine : List.of(asleep, stage.newEngine())) {
      for (Position since : new Position[] {null, oracle.position(5)}) {
        Graft graft = Stage.changes(engine, volume, since, new Until.Head(), false);
        oracle.check("galloped", graft, 0, 100, stage.newEngine());
      }
    }
    assertThat(stage.newEngine().log(volume, null, 1_000).head()).isEqualTo(oracle.position(100));
  }

  @Test
  void changesSince_stateReadBeforeTheFloor_findsOutAtTheFirstGap() {
    commits(100);
    stage.clock.advance(WEEK);
    EngineRemote early = stage.newEngine();
    oracle.check("before", open(early, 3), 0, 3, early);
    retain(new Change.FloorAt(new Lsn(96)));
    // Its copy of the state is young, and commit 40 was never read by it.
    assertThatThrownBy(() -> open(early, 40)).isInstanceOf(GraftException.Gone.class);
    Graft graft = Stage.changes(early, volume, oracle.position(50), new Until.Head(), false);
    oracle.check("after", graft, 0, 100, early);
  }

  @Test
  void retain_floorOverYoungCommits_isRefused() {
    commits(100);
    assertThatThrownBy(() -> retain(new Change.FloorAt(new Lsn(64))))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("cannot be LSN 64 yet");
    assertThatThrownBy(() -> retain(new Change.FloorAt(new Lsn(101))))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("its newest commit is 100");
    assertThatThrownBy(() -> retain(new Change.Retention(Duration.ofHours(23))))
        .isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> retain(new Change.FloorOlderThan(Duration.ofDays(6))))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("shorten the retention first");
    assertThat(stage.newEngine().state(volume).number()).isEqualTo(1);
    // Commit 64 is 36 hours old: with the least retention it may be the floor, 96 may not.
    assertThat(retain(new Change.Retention(Duration.ofDays(1))).changed()).isTrue();
    assertThatThrownBy(() -> retain(new Change.FloorAt(new Lsn(96))))
        .isInstanceOf(GraftException.Misuse.class);
    assertThat(retain(new Change.FloorAt(new Lsn(64))).state().floor()).isEqualTo(new Lsn(64));
  }

  @Test
  void create_byAnEngineWithAnotherRetention_isTheVolumesOwnForEveryEngine() {
    Duration month = Duration.ofDays(30);
    EngineRemote longer = stage.newEngine(stage.options.withRetention(month));
    CreateVolume request = new CreateVolume(stage.ids.newVolumeId(), Stage.PAGE_SIZE);
    longer.createVolume(request);
    stage.newEngine().createVolume(request);
    assertThat(stage.newEngine().state(request.volume()).retention()).isEqualTo(month);
    assertThat(longer.state(volume).retention())
        .as("a volume that was there keeps its own")
        .isEqualTo(Duration.ofDays(7));
    assertThatThrownBy(() ->
            stage
                .newEngine()
                .retain(
                    new RetainRequest(
                        request.volume(), new Change.FloorOlderThan(Duration.ofDays(8)))))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("shorten the retention first");
    for (Duration bad : List.of(Duration.ofHours(23), Duration.ofDays(3_651))) {
      assertThatThrownBy(() -> stage.options.withRetention(bad))
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining("for new volumes cannot be");
    }
  }

  @Test
  void retain_floorOlderThan_takesWhatCeasedToBeTheHeadBefore() {
    commits(100);
    retain(new Change.Retention(Duration.ofDays(1)));
    assertThat(retain(new Change.FloorOlderThan(Duration.ofHours(30))).state().floor())
        .isEqualTo(new Lsn(64));
    assertThat(retain(new Change.FloorOlderThan(Duration.ofHours(30))).changed()).isFalse();
    stage.clock.advance(WEEK);
    assertThat(retain(new Change.FloorOlderThan(Duration.ofHours(30))).state().floor())
        .isEqualTo(new Lsn(96));
    assertThat(retain(new Change.FloorAt(new Lsn(32))).state().floor()).isEqualTo(new Lsn(96));
  }

  @Test
  void retain_keptLsn_opensBelowTheFloorUntilItIsReleased() {
    commits(100);
    retain(new Change.Keep(new Lsn(40), true));
    assertThat(retain(new Change.Keep(new Lsn(40), true)).changed()).isFalse();
    stage.clock.advance(WEEK);
    Retained done = retain(new Change.FloorAt(new Lsn(96)));
    assertThat(done.state().kept()).containsExactly(new Lsn(40));
    assertThat(done.state().checkpoints()).containsExactly(new Lsn(40), new Lsn(96));
    EngineRemote cold = stage.newEngine();
    oracle.check("kept", open(cold, 40), 0, 40, cold);
    assertThatThrownBy(() -> open(cold, 41)).isInstanceOf(GraftException.Gone.class);
    assertThatThrownBy(() -> open(cold, 39)).isInstanceOf(GraftException.Gone.class);
    assertThatThrownBy(() -> retain(new Change.Keep(new Lsn(39), true)))
        .isInstanceOf(GraftException.Gone.class);
    assertThatThrownBy(() -> retain(new Change.Keep(new Lsn(101), true)))
        .isInstanceOf(GraftException.NotFound.class);
    LogPage page = cold.log(volume, null, 1_000);
    assertThat(page.floor()).isEqualTo(new Lsn(96));
    assertThat(page.commits().stream().map(entry -> entry.position().lsn().value()))
        .containsExactly(100L, 99L, 98L, 97L, 96L, 40L);
    assertThat(cold.log(volume, new Lsn(50), 10).commits()).hasSize(1);

    retain(new Change.Keep(new Lsn(40), false));
    assertThatThrownBy(() -> open(stage.newEngine(), 40)).isInstanceOf(GraftException.Gone.class);
    // Its pages were promised until just now: they go a day later.
    stage.clock.advance(Duration.ofHours(25));
    retain(new Change.FloorAt(new Lsn(96)));
    assertThat(isThere(Keys.commit(volume, new Lsn(40)))).isFalse();
    oracle.check("floor", open(stage.newEngine(), 96), 0, 96, stage.newEngine());
  }

  @Test
  void retain_pagesInCommits_stayWhereTheCheckpointNamesThem() {
    // Without rollups the checkpoint finds pages in commits.
    stage.engine = stage.newEngine(EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    commits(100);
    stage.clock.advance(WEEK);
    EngineRemote off = stage.newEngine(EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    Retained done = off.retain(new RetainRequest(volume, new Change.FloorAt(new Lsn(96))));
    // 45 pages were written, each by the last of the commits that wrote it; commit 96 stays anyway.
    assertThat(done.placesCommits()).isEqualTo(44);
    assertThat(done.trimmedCommits()).isEqualTo(51);
    oracle.check("places", open(stage.newEngine(), 96), 0, 96, stage.newEngine());
    oracle.check("places", open(stage.newEngine(), 100), 0, 100, stage.newEngine());
  }

  @Test
  void retain_pagesPackedNotLongAgo_staysInTheirCommitsForADay() {
    stage.engine = stage.newEngine(EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    commits(100);
    stage.clock.advance(WEEK);
    // A reader is told of commits, and then another one fills in the rollups.
    EngineRemote off = stage.newEngine(EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF));
    Graft told = open(off, 100);
    open(stage.newEngine(), 100);
    Retained done = retain(new Change.FloorAt(new Lsn(96)));
    assertThat(done.placesCommits()).isGreaterThanOrEqualTo(44);
    oracle.check("told before", told, 0, 100, stage.newEngine());
    stage.clock.advance(Duration.ofHours(25));
    retain(new Change.FloorAt(new Lsn(96)));
    assertThat(logBelow(96)).isEmpty();
    oracle.check("packed", open(stage.newEngine(), 100), 0, 100, stage.newEngine());
  }

  @Test
  void commit_stalledAcrossTheFloor_isGoneAndNeverSuccess() {
    commits(40);
    Position base = oracle.position(10);
    CommitRequest request = request(base);
    EngineRemote stalled = stage.newEngine();
    // It has looked up its base; before its put lands, the world goes on for a week.
    stage.faulty.beforePut(
        Keys.commit(volume, new Lsn(11)).value(),
        () -> {
          commits(60);
          stage.clock.advance(WEEK);
          retain(new Change.FloorAt(new Lsn(96)));
        });
    assertThatThrownBy(() -> stalled.commit(request))
        .isInstanceOf(GraftException.Gone.class)
        .hasMessageContaining("commit 11")
        .hasMessageContaining("do the work anew");
    // Its put did land, in the place of a commit that was removed.
    assertThat(logBelow(96)).contains(11L);
    // Asked again it is told the same, by an engine that remembers and one that does not.
    for (EngineRemote engine : List.of(stalled, stage.newEngine())) {
      assertThatThrownBy(() -> engine.commit(request)).isInstanceOf(GraftException.Gone.class);
    }
    // Nobody is led astray by it, and the next pass removes it.
    Graft graft =
        Stage.changes(stage.newEngine(), volume, oracle.position(11), new Until.Head(), false);
    oracle.check("past the stray", graft, 0, 100, stage.newEngine());
    assertThatThrownBy(() -> open(stage.newEngine(), 11)).isInstanceOf(GraftException.Gone.class);
    retain(new Change.FloorAt(new Lsn(96)));
    assertThat(logBelow(96)).isEmpty();
  }

  @Test
  void revert_stalledAcrossTheFloor_isGoneAlsoWhenAskedAgain() {
    commits(40);
    Position base = oracle.position(40);
    CommitRequest request =
        new CommitRequest(
            volume,
            base,
            base.lsn(),
            new PageCount(50),
            new PageCount(50),
            List.of(Writes.transaction(stage.ids, stage.clock.instant())),
            new CommitRequest.Content.Revert(new Lsn(5)));
    EngineRemote stalled = stage.newEngine();
    stage.faulty.beforePut(
        Keys.commit(volume, new Lsn(41)).value(),
        () -> {
          commits(60);
          stage.clock.advance(WEEK);
          retain(new Change.FloorAt(new Lsn(96)));
        });
    assertThatThrownBy(() -> stalled.commit(request)).isInstanceOf(GraftException.Gone.class);
    assertThat(logBelow(96)).contains(41L);
    for (EngineRemote engine : List.of(stalled, stage.newEngine())) {
      assertThatThrownBy(() -> engine.commit(request)).isInstanceOf(GraftException.Gone.class);
    }
  }

  @Test
  void commit_baseBelowTheFloor_isGone() {
    commits(100);
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(96)));
    for (int base : new int[] {0, 1, 50, 95}) {
      CommitRequest request = request(oracle.position(base));
      assertThatThrownBy(() -> stage.newEngine().commit(request))
          .as("base %d", base)
          .isInstanceOf(GraftException.Gone.class);
    }
    assertThat(stage.newEngine().commit(request(oracle.position(96))))
        .isInstanceOf(CommitOutcome.Conflict.class);
    assertThat(stage.newEngine().commit(request(oracle.position(100))))
        .isInstanceOf(CommitOutcome.Committed.class);
  }

  private CommitRequest request(Position base) {
    return Writes.of(50, 50, 7, Writes.page(Stage.PAGE_SIZE, 7_777))
        .inline(
            volume,
            Stage.PAGE_SIZE,
            base,
            List.of(Writes.transaction(stage.ids, stage.clock.instant())));
  }

  @Test
  void rollUp_acrossTheFloor_isLeftAlone() {
    commits(992);
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(512)));
    stage.engine = stage.newEngine(stage.options);
    // Commit 1,024 completes a block that began below the floor.
    commits(70);
    assertThat(stage.engine.upkeepFailures()).as("%s", stage.engine.lastUpkeepFailure()).isZero();
    assertThat(isThere(Keys.rollup(volume, 0, new Block(1, 31)))).isTrue();
    assertThat(isThere(Keys.rollup(volume, 0, new Block(2, 0)))).isFalse();
    assertThat(stage.newEngine().state(volume).checkpoints())
        .containsExactly(new Lsn(512), new Lsn(1_024));
    for (int lsn : new int[] {512, 513, 1_023, 1_024, 1_062}) {
      oracle.check("across", open(stage.newEngine(), lsn), 0, lsn, stage.newEngine());
    }
  }

  @Test
  void changesSince_timeBeforeTheFloor_isGone() {
    Instant begin = stage.clock.instant();
    commits(100);
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(96)));
    EngineRemote cold = stage.newEngine();
    Until early = new Until.AtTime(begin.plus(HOUR.multipliedBy(50)));
    assertThatThrownBy(() -> Stage.changes(cold, volume, null, early, false))
        .isInstanceOf(GraftException.Gone.class)
        .hasMessageContaining("below LSN 96");
    Until late = new Until.AtTime(begin.plus(HOUR.multipliedBy(97)));
    oracle.check("in time", Stage.changes(cold, volume, null, late, false), 0, 98, cold);
  }

  @Test
  void retain_killedAtAnyWrite_isTakenUpWhereItWas() {
    commits(100);
    stage.clock.advance(WEEK);
    retain(new Change.Keep(new Lsn(20), true));
    int killed = 0;
    for (int writes = 0; ; writes += 1 + writes / 8) {
      stage.faulty.killAfterWrites(writes, writes % 2 == 0);
      boolean done = false;
      try {
        retain(new Change.FloorAt(new Lsn(96)));
        done = true;
      } catch (FaultyObjectStore.Killed e) {
        killed++;
      }
      assertThat(stage.faulty.revive()).isEqualTo(!done);
      EngineRemote cold = stage.newEngine();
      StateRecord state = newest(cold);
      // Nothing goes before the floor is published.
      if (state.floor().equals(Lsn.ZERO)) {
        assertThat(logBelow(96)).hasSize(95);
      }
      for (int lsn : new int[] {20, 96, 98, 100}) {
        oracle.check("killed after " + writes, open(cold, lsn), 0, lsn, cold);
      }
      if (done) {
        break;
      }
    }
    assertThat(killed).isGreaterThan(10);
    // What LSN 20 needs: no rollup is that short, so its pages lie in the commits.
    assertThat(logBelow(96))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
  }

  private StateRecord newest(EngineRemote engine) {
    long number = engine.state(volume).number();
    ObjectKey key = Keys.state(volume, number);
    return StateRecord.decode(key.value(), volume, number, stage.object(key));
  }

  @Test
  void retain_severalAtOnce_trimTheSame() throws Exception {
    commits(100);
    stage.clock.advance(WEEK);
    Random random = new Random(3);
    List<EngineRemote> engines =
        List.of(stage.newEngine(), stage.newEngine(), stage.newEngine(), stage.newEngine());
    var tasks =
        engines.stream()
            .map(engine -> {
              Change change = new Change.FloorAt(new Lsn(64 + random.nextInt(36)));
              return stage.concurrency.fork(
                  "retain", () -> engine.retain(new RetainRequest(volume, change)));
            })
            .toList();
    stage.concurrency.awaitAll(tasks);
    for (var task : tasks) {
      assertThat(task.result().state().floor().value()).isIn(64L, 96L);
    }
    long floor = stage.newEngine().state(volume).floor().value();
    retain(new Change.FloorAt(new Lsn(floor)));
    assertThat(logBelow(floor)).isEmpty();
    for (int lsn = (int) floor; lsn <= 100; lsn++) {
      oracle.check("raced", open(stage.newEngine(), lsn), 0, lsn, stage.newEngine());
    }
  }

  @Test
  void waiting_afterAFloor_countsWhatNoRootNames() {
    commits(200);
    assertThat(stage.newEngine().waiting(volume).objects()).isZero();
    stage.clock.advance(WEEK);
    retain(new Change.FloorAt(new Lsn(160)));
    Waiting waiting = stage.newEngine().waiting(volume);
    // Rollups below the floor wait; the packs that the floor's checkpoint names do not.
    assertThat(waiting.objects()).isGreaterThanOrEqualTo(5);
    assertThat(waiting.complete()).isTrue();
    List<ObjectKey> all = new ArrayList<>();
    for (String kind : List.of("log/", "segments/", "checkpoints/", "derived/")) {
      all.addAll(stage.memory.list("volumes/" + volume + "/" + kind, "", 1_000));
    }
    // Without everything that waits, all that can be asked for reads as before.
    long bytes = 0;
    int objects = 0;
    for (ObjectKey key : all) {
      byte[] object = stage.object(key);
      stage.memory.delete(key);
      if (isLess(waiting.objects() - objects)) {
        bytes += object.length;
        objects++;
      } else {
        stage.replace(key, object);
      }
    }
    assertThat(objects).isEqualTo((int) waiting.objects());
    assertThat(bytes).isEqualTo(waiting.bytes());
    for (int lsn = 160; lsn <= 200; lsn++) {
      oracle.check("without", open(stage.newEngine(), lsn), 0, lsn, stage.newEngine());
    }
  }

  /** A key that is needed and missing makes the count fail; one that waits makes it smaller. */
  private boolean isLess(long than) {
    try {
      return stage.newEngine().waiting(volume).objects() < than;
    } catch (GraftException e) {
      return false;
    }
  }

  @Test
  void retain_forkThatIsNotFinished_stopsTheTrimForThreeDays() {
    commits(100);
    stage.clock.advance(WEEK);
    VolumeId child = stage.ids.newVolumeId();
    ForkRequest request = new ForkRequest(volume, oracle.position(40), child);
    stage.faulty.killAfterWrites(1, false);
    EngineRemote cut = stage.newEngine();
    assertThatThrownBy(() -> cut.fork(request)).isInstanceOf(FaultyObjectStore.Killed.class);
    assertThat(stage.faulty.revive()).isTrue();
    Retained waits = retain(new Change.FloorAt(new Lsn(96)));
    assertThat(waits.waitsFor()).containsExactly(child);
    assertThat(waits.state().forks()).containsExactly(child);
    assertThat(waits.state().floor()).isEqualTo(new Lsn(96));
    assertThat(logBelow(96)).hasSize(95);
    stage.clock.advance(Duration.ofHours(73));
    // A look changes nothing.
    int puts = stage.faulty.puts().size();
    stage.newEngine().waiting(volume);
    assertThat(stage.faulty.puts()).hasSize(puts);
    Retained done = retain(new Change.FloorAt(new Lsn(96)));
    assertThat(done.waitsFor()).isEmpty();
    assertThat(done.trimmedCommits()).isGreaterThan(90);
    assertThat(done.state().forks()).allMatch(child::equals);
    assertThatThrownBy(() -> stage.newEngine().fork(request))
        .isInstanceOf(GraftException.Gone.class);
    oracle.check("floor", open(stage.newEngine(), 96), 0, 96, stage.newEngine());
  }
}
