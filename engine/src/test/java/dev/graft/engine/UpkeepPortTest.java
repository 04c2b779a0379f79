package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.RetainRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rule 5.5 where the engine asks others for rollups, and the look after a whole volume. */
class UpkeepPortTest {
  private final Stage stage =
      new Stage(71, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.BACKGROUND));
  private final List<UpkeepTask> asked = new ArrayList<>();
  private final VolumeId volume = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  private EngineRemote asking(UpkeepPort port) {
    return new EngineRemote(
        stage.store, stage.store, stage.concurrency, stage.ids, new Random(7), stage.options, port);
  }

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      HistoryModelTest.commit(stage, volume, oracle, false);
    }
  }

  private long rollups() {
    return stage.memory.list(Keys.derivedPrefix(volume), "", 1000).size();
  }

  @Test
  void commit_completesABlock_isAskedForAndNothingRunsHere() {
    stage.engine = asking(asked::add);
    commits(64);
    assertThat(asked)
        .containsExactly(
            new UpkeepTask.AfterCommit(volume, new Lsn(32)),
            new UpkeepTask.AfterCommit(volume, new Lsn(64)));
    assertThat(rollups()).isZero();
    asked.forEach(task -> stage.newEngine().upkeep(task));
    asked.forEach(task -> stage.newEngine().upkeep(task));
    assertThat(rollups()).isEqualTo(2);
  }

  @Test
  void changes_rollupsMissing_areAskedForAsTheBlocksTheyAre() {
    stage.engine = asking(task -> {});
    commits(70);
    stage.engine = asking(asked::add);
    stage.changes(volume, null);
    assertThat(asked)
        .containsExactly(
            new UpkeepTask.Fill(
                volume,
                List.of(
                    new UpkeepTask.Span(new Lsn(1), new Lsn(32)),
                    new UpkeepTask.Span(new Lsn(33), new Lsn(64)))));
    stage.newEngine().upkeep(asked.getFirst());
    assertThat(rollups()).isEqualTo(2);
    asked.clear();
    stage.engine = asking(asked::add);
    oracle.check(
        "rolled up",
        Stage.changes(stage.engine, volume, null, new Until.Head(), false),
        0,
        70,
        stage.engine);
    assertThat(asked).isEmpty();
  }

  @Test
  void commit_portFails_isCountedAndTheCommitStands() {
    stage.engine =
        asking(task -> {
          throw new GraftException.Unavailable("no maintenance here");
        });
    commits(32);
    assertThat(stage.engine.upkeepFailures()).isEqualTo(1);
    assertThat(stage.changes(volume, null).upto()).isEqualTo(oracle.position(32));
  }

  @Test
  void span_thatIsNoBlock_isMisuse() {
    for (long[] span : new long[][] {{1, 31}, {2, 33}, {1, 1}, {33, 32}, {0, 32}, {1, 64}}) {
      assertThatThrownBy(() ->
              new UpkeepTask.Fill(
                  volume, List.of(new UpkeepTask.Span(new Lsn(span[0]), new Lsn(span[1])))))
          .as("%d..%d", span[0], span[1])
          .isInstanceOf(GraftException.Misuse.class);
    }
  }

  @Test
  void sweep_nobodyRolledUp_makesWhatIsMissingAndTrims() {
    stage.engine = asking(task -> {});
    commits(200);
    stage.clock.advance(Duration.ofDays(9));
    commits(2);
    EngineRemote sweeper = stage.newEngine();
    Swept first = sweeper.sweep(volume);
    assertThat(first.rollups()).isEqualTo(6);
    assertThat(first.rollupsMissing()).isZero();
    assertThat(rollups()).isEqualTo(6);
    assertThat(first.trimmed()).isZero();
    assertThat(sweeper.sweep(volume).rollups()).isZero();
    sweeper.retain(new RetainRequest(volume, new RetainRequest.Change.FloorAt(new Lsn(96))));
    stage.clock.advance(Duration.ofHours(30));
    long waiting = sweeper.waiting(volume).objects();
    Swept later = stage.newEngine().sweep(volume);
    assertThat(later.trimmed()).isPositive();
    // What it counts it leaves.
    assertThat(later.waiting().objects()).isPositive().isLessThanOrEqualTo(waiting);
    assertThat(stage.newEngine().sweep(volume).waiting()).isEqualTo(later.waiting());
    assertThat(stage.newEngine().volumes(null, 10)).containsExactly(volume);
    assertThat(stage.newEngine().volumes(volume, 10)).isEmpty();
  }

  @Test
  void sweep_deletedVolume_isLeftAlone() {
    commits(40);
    stage.engine.delete(volume);
    stage.store.reset();
    assertThat(stage.newEngine().sweep(volume).deleted()).isTrue();
    assertThat(stage.store.snapshot().writes()).isZero();
  }
}
