package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.GetOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rules 4.11 and 5.8: what forks began with stays, however far the parent's floor rises. */
class ForkFloorTest {
  private final Stage stage =
      new Stage(99, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
  private final VolumeId parent = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(parent));

  private void commits(VolumeId volume, Oracle history, int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, volume, history, i % 5 == 0);
      stage.clock.advance(Duration.ofSeconds(1));
    }
  }

  private Retained floor(VolumeId volume, long lsn) {
    stage.engine = stage.newEngine();
    return stage.engine.retain(
        new RetainRequest(volume, new RetainRequest.Change.FloorAt(new Lsn(lsn))));
  }

  /** Raises the floor as far as it goes, and removes all that may go. */
  private void trim(VolumeId volume, Oracle history) {
    stage.clock.advance(Duration.ofDays(10));
    commits(volume, history, 40);
    long floor = history.head() - 40;
    long trimmed = floor(volume, floor).trimmedCommits();
    stage.clock.advance(Duration.ofHours(30));
    trimmed += floor(volume, floor).trimmedCommits();
    assertThat(trimmed).as("commits removed").isPositive();
  }

  private void checkWhole(String what, VolumeId volume, Oracle history) {
    EngineRemote cold = stage.newEngine();
    Graft graft = Stage.changes(cold, volume, null, new Until.Head(), true);
    history.check(what, graft, 0, history.head(), cold);
  }

  @Test
  void trim_ofAParentWithForks_leavesAllThatTheyBeganWith() {
    commits(parent, oracle, 60);
    VolumeId child = stage.ids.newVolumeId();
    Forked first = stage.engine.fork(new ForkRequest(parent, oracle.position(45), child));
    Oracle ofChild = oracle.fork(45, stage.start(child), first.start());
    commits(child, ofChild, 40);
    VolumeId grandchild = stage.ids.newVolumeId();
    Forked second = stage.engine.fork(new ForkRequest(child, ofChild.position(20), grandchild));
    Oracle ofGrandchild = ofChild.fork(20, stage.start(grandchild), second.start());
    commits(parent, oracle, 60);
    trim(parent, oracle);
    trim(child, ofChild);
    checkWhole("child", child, ofChild);
    checkWhole("grandchild", grandchild, ofGrandchild);
    checkWhole("parent", parent, oracle);
    // The grandchild still forks, and goes on.
    commits(grandchild, ofGrandchild, 3);
    VolumeId last = stage.ids.newVolumeId();
    Forked third = stage.engine.fork(new ForkRequest(grandchild, ofGrandchild.position(1), last));
    checkWhole("last", last, ofGrandchild.fork(1, stage.start(last), third.start()));
  }

  @Test
  void trim_whileAForkIsUnfinished_waitsAndThenGivesItUp() {
    commits(parent, oracle, 120);
    stage.clock.advance(Duration.ofDays(10));
    commits(parent, oracle, 40);
    VolumeId child = stage.ids.newVolumeId();
    ForkRequest request = new ForkRequest(parent, oracle.position(100), child);
    HookedStore cutting =
        new HookedStore(
            stage.store,
            0,
            true,
            () -> {
              throw new HookedStore.Cut("behind the pin");
            });
    EngineRemote cut =
        new EngineRemote(
            cutting, cutting, stage.concurrency, stage.ids, new java.util.Random(7), stage.options);
    assertThatThrownBy(() -> cut.fork(request)).isInstanceOf(HookedStore.Cut.class);
    Retained waits = floor(parent, 96);
    assertThat(waits.waitsFor()).containsExactly(child);
    assertThat(waits.trimmedCommits()).isZero();
    stage.clock.advance(Duration.ofHours(73));
    Retained goesOn = floor(parent, 96);
    assertThat(goesOn.waitsFor()).isEmpty();
    assertThat(goesOn.trimmedCommits()).isPositive();
    assertThatThrownBy(() -> stage.newEngine().fork(request))
        .isInstanceOf(GraftException.Gone.class)
        .hasMessageContaining("given up");
    assertThat(stage.memory.get(Keys.pin(parent, child), 0, 1))
        .isInstanceOf(GetOutcome.Missing.class);
  }
}
