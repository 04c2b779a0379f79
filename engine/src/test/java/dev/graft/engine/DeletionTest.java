package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.GetOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.LogEnd;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.VolumeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rule 5.9: a deleted volume is gone for everybody, and what forks need of it stays. */
class DeletionTest {
  private final Stage stage = new Stage(59);
  private final VolumeId volume = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, volume, oracle, i % 5 == 0);
      stage.clock.advance(Duration.ofSeconds(1));
    }
  }

  private Position head() {
    return oracle.position(oracle.head());
  }

  private CommitRequest next(Position base) {
    return Writes.of(
            oracle.count(oracle.head()) + 1,
            oracle.count(oracle.head()),
            oracle.count(oracle.head()) + 1,
            Writes.page(Stage.PAGE_SIZE, 7))
        .inline(
            volume,
            Stage.PAGE_SIZE,
            base,
            List.of(Writes.transaction(stage.ids, stage.clock.instant())));
  }

  private static void isGone(String what, ThrowingCallable call) {
    assertThatThrownBy(call).as(what).isInstanceOf(GraftException.Gone.class);
  }

  private ChangesRequest changes(Position since) {
    return new ChangesRequest(volume, since, new Until.Head(), false);
  }

  /** Everything that can be asked of the volume, but for its state and its deletion. */
  private void allGone(String who, EngineRemote engine) {
    SegmentId segment = stage.ids.newSegmentId(stage.clock.instant());
    byte[] bytes =
        Writes.of(1, 1, 1, Writes.page(Stage.PAGE_SIZE, 1))
            .segment(volume, Stage.PAGE_SIZE, segment)
            .segment()
            .bytes();
    isGone(who + " poll", () -> engine.changesSince(changes(head())));
    isGone(who + " changes", () -> engine.changesSince(changes(oracle.position(1))));
    isGone(
        who + " open",
        () -> engine.changesSince(new ChangesRequest(volume, null, new Until.Head(), true)));
    isGone(
        who + " past",
        () ->
            engine.changesSince(
                new ChangesRequest(volume, null, new Until.AtLsn(new Lsn(2)), false)));
    isGone(who + " commit", () -> engine.commit(next(head())));
    isGone(who + " late commit", () -> engine.commit(next(oracle.position(2))));
    isGone(who + " log", () -> engine.log(volume, null, 10));
    isGone(who + " old log", () -> engine.log(volume, new Lsn(2), 10));
    isGone(who + " info", () -> engine.volume(volume));
    isGone(who + " create", () -> engine.createVolume(new CreateVolume(volume, Stage.PAGE_SIZE)));
    isGone(who + " upload", () -> engine.upload(volume, segment, bytes));
    isGone(
        who + " fork",
        () -> engine.fork(new ForkRequest(volume, oracle.position(3), stage.ids.newVolumeId())));
    isGone(
        who + " retain",
        () ->
            engine.retain(new RetainRequest(volume, new RetainRequest.Change.FloorAt(new Lsn(0)))));
    isGone(who + " waiting", () -> engine.waiting(volume));
    assertThat(engine.state(volume).deleted()).as(who + " state").isTrue();
  }

  @Test
  void delete_everyQuestion_isGoneForThisEngineAndForANewOne() {
    commits(5);
    VolumeState deleted = stage.engine.delete(volume);
    assertThat(deleted.deleted()).isTrue();
    allGone("the one that deleted:", stage.engine);
    allGone("a new one:", stage.newEngine());
  }

  @Test
  void delete_engineWithAnOldCopyOfTheState_commitsNothingAndSeesTheEnd() {
    commits(5);
    EngineRemote other = stage.newEngine();
    Stage.changes(other, volume, null, new Until.Head(), true);
    other.state(volume);
    stage.newEngine().delete(volume);
    stage.store.reset();
    // Its copy of the state is young, so it asks for no newer one: the log itself says it.
    isGone("commit", () -> other.commit(next(head())));
    isGone("poll", () -> other.changesSince(changes(head())));
    isGone("log", () -> other.log(volume, null, 10));
    stage.clock.advance(Duration.ofSeconds(61));
    allGone("a minute later:", other);
  }

  @Test
  void delete_emptyVolume_isGone() {
    stage.engine.delete(volume);
    isGone("first commit", () -> stage.newEngine().commit(next(oracle.position(0))));
    isGone("open", () -> stage.newEngine().changesSince(changes(oracle.position(0))));
  }

  @Test
  void delete_again_isTheSameAnswer() {
    commits(3);
    VolumeState first = stage.engine.delete(volume);
    stage.clock.advance(Duration.ofDays(3));
    assertThat(stage.newEngine().delete(volume)).isEqualTo(first);
    assertThat(stage.engine.delete(volume)).isEqualTo(first);
  }

  @Test
  void delete_unknownVolume_isNotFound() {
    assertThatThrownBy(() -> stage.engine.delete(stage.ids.newVolumeId()))
        .isInstanceOf(GraftException.NotFound.class);
  }

  @Test
  void delete_landedCommitAskedAgain_isStillItsOwn() {
    commits(2);
    CommitRequest request = next(head());
    CommitOutcome landed = stage.engine.commit(request);
    stage.newEngine().delete(volume);
    assertThat(((CommitOutcome.Committed) stage.newEngine().commit(request)).position())
        .isEqualTo(((CommitOutcome.Committed) landed).position());
  }

  @Test
  void delete_commitLandsAtAnyStep_isInTheLogBeforeTheEndOrGone() {
    int landed = 0;
    int refused = 0;
    for (int step = 0; step < 2; step++) {
      for (boolean after : new boolean[] {false, true}) {
        Stage here = new Stage(61);
        VolumeId victim = here.newVolume();
        EngineRemote writer = here.newEngine();
        CommitRequest request =
            Writes.of(1, 0, 1, Writes.page(Stage.PAGE_SIZE, 5))
                .inline(
                    victim,
                    Stage.PAGE_SIZE,
                    here.start(victim),
                    List.of(Writes.transaction(here.ids, here.clock.instant())));
        AtomicReference<Object> became = new AtomicReference<>("nothing");
        HookedStore hooked =
            new HookedStore(
                here.store,
                step,
                after,
                () -> {
                  try {
                    became.set(writer.commit(request));
                  } catch (GraftException.Gone e) {
                    became.set(e);
                  }
                });
        engineOn(hooked, here).delete(victim);
        switch (Objects.requireNonNull(became.get())) {
          case CommitOutcome.Committed done -> {
            landed++;
            assertThat(LogEnd.isOne(here.object(Keys.commit(victim, new Lsn(2))))).isTrue();
          }
          case GraftException.Gone gone -> refused++;
          default -> throw new AssertionError("step " + step + ": " + became);
        }
        isGone("open", () -> here.newEngine().log(victim, null, 1));
      }
    }
    assertThat(landed).as("commits before the end").isEqualTo(3);
    assertThat(refused).as("commits behind it").isEqualTo(1);
  }

  private static EngineRemote engineOn(HookedStore hooked, Stage stage) {
    return new EngineRemote(
        hooked, hooked, stage.concurrency, stage.ids, new Random(7), stage.options);
  }

  @Test
  void delete_cutAtAnyStep_isFinishedByTheNextAttempt() {
    List<String> changes = new ArrayList<>();
    for (int step = 0; step < 2; step++) {
      for (boolean after : new boolean[] {false, true}) {
        VolumeId victim = stage.newVolume();
        HookedStore cutting =
            new HookedStore(
                stage.store,
                step,
                after,
                () -> {
                  throw new HookedStore.Cut("here");
                });
        assertThatThrownBy(() -> engineOn(cutting, stage).delete(victim))
            .isInstanceOf(HookedStore.Cut.class);
        changes.addAll(cutting.changes());
        assertThat(stage.newEngine().delete(victim).deleted()).isTrue();
        isGone("log", () -> stage.newEngine().log(victim, null, 1));
      }
    }
    assertThat(changes).anyMatch(c -> c.contains("/state/")).anyMatch(c -> c.contains("/log/"));
  }

  @Test
  void delete_answerOfTheStoreLost_isFoundAgain() {
    commits(5);
    stage.faulty.plan("/log/", FaultyObjectStore.Fault.ANSWER_LOST);
    stage.faulty.plan("/state/", FaultyObjectStore.Fault.ANSWER_LOST);
    assertThat(stage.engine.delete(volume).deleted()).isTrue();
    allGone("after lost answers:", stage.newEngine());
  }

  @Test
  void delete_storeWithoutListing_findsTheEndByLooking() {
    commits(40);
    stage.faulty.stopListing();
    EngineRemote engine = stage.newEngine();
    assertThat(engine.delete(volume).deleted()).isTrue();
    assertThat(LogEnd.isOne(stage.object(Keys.commit(volume, new Lsn(41))))).isTrue();
    EngineRemote other = stage.newEngine();
    isGone("log", () -> other.log(volume, null, 1));
    assertThat(other.delete(volume).deleted()).isTrue();
  }

  @Test
  void delete_volumeWithForks_isHiddenAndTheForksLiveOn() {
    commits(20);
    VolumeId child = stage.ids.newVolumeId();
    Forked forked = stage.engine.fork(new ForkRequest(volume, oracle.position(15), child));
    VolumeState deleted = stage.engine.delete(volume);
    assertThat(deleted.forks()).containsExactly(child);
    EngineRemote cold = stage.newEngine();
    Graft graft = Stage.changes(cold, child, null, new Until.Head(), true);
    oracle.fork(15, stage.start(child), forked.start()).check("child", graft, 0, 1, cold);
    // The same request again is still answered: the child was made.
    assertThat(cold.fork(new ForkRequest(volume, oracle.position(15), child)).start())
        .isEqualTo(forked.start());
  }

  @Test
  void fork_askedAgainForAChildThatWasDeleted_isGone() {
    commits(3);
    VolumeId child = stage.ids.newVolumeId();
    ForkRequest request = new ForkRequest(volume, oracle.position(2), child);
    EngineRemote other = stage.newEngine();
    Forked forked = stage.engine.fork(request);
    assertThat(other.fork(request)).isEqualTo(forked);
    stage.newEngine().delete(child);
    // Whoever made it, looked at it before, or never saw it.
    isGone("the engine that made it", () -> stage.engine.fork(request));
    isGone("one with an old copy of its state", () -> other.fork(request));
    isGone("a new one", () -> stage.newEngine().fork(request));
  }

  @Test
  void fork_parentIsDeletedAtAnyStep_isMadeOrGoneAndNeverBoth() {
    int made = 0;
    int gone = 0;
    for (int step = 0; step < 6; step++) {
      Stage here = new Stage(67);
      VolumeId parent = here.newVolume();
      Oracle history = new Oracle(Stage.PAGE_SIZE, here.start(parent));
      for (int i = 0; i < 3; i++) {
        HistoryModelTest.commit(here, parent, history, false);
      }
      VolumeId child = here.ids.newVolumeId();
      HookedStore hooked =
          new HookedStore(here.store, step, true, () -> here.newEngine().delete(parent));
      try {
        engineOn(hooked, here).fork(new ForkRequest(parent, history.position(2), child));
        made++;
        assertThat(here.newEngine().volume(child).volume()).isEqualTo(child);
      } catch (GraftException.Gone e) {
        gone++;
        assertThat(here.memory.get(Keys.pin(parent, child), 0, 1))
            .isInstanceOf(GetOutcome.Missing.class);
        assertThatThrownBy(() -> here.newEngine().volume(child))
            .isInstanceOf(GraftException.NotFound.class);
      }
    }
    assertThat(made).isPositive();
    assertThat(gone).isPositive();
  }

  @Test
  void doctor_deletedVolume_hasNoFindings() {
    commits(40);
    stage.engine.delete(volume);
    Doctor doctor = new Doctor(stage.store, stage.store, stage.concurrency);
    assertThat(doctor.examine(volume, true, (done, total) -> {}).findings()).isEmpty();
    stage.replace(Keys.commit(volume, new Lsn(41)), new byte[] {'G', 'R', 'F', 'T', 'E', 1, 0});
    assertThat(doctor.examine(volume, true, (done, total) -> {}).findings()).isNotEmpty();
  }
}
