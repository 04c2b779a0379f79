package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.store.Counts;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 5.4. */
class ChangesTest {
  private static final int COMMITS = 75;

  private Stage stage = new Stage(11);
  private VolumeId volume = stage.newVolume();
  private Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
  private final List<Instant> times = new ArrayList<>();

  @BeforeEach
  void write() {
    stage = new Stage(11, EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    volume = stage.newVolume();
    oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
    times.clear();
    times.add(stage.clock.instant());
    for (int i = 1; i <= COMMITS; i++) {
      // Several commits share a time.
      stage.clock.advance(Duration.ofMillis(i % 3 == 0 ? 1_500 : 0));
      Writes writes = Writes.of(50, i == 1 ? 0 : 50, 1 + i % 47, Writes.page(Stage.PAGE_SIZE, i));
      if (i % 47 == 0) {
        writes.hot.put(1L, true);
      }
      if (i % 5 == 0) {
        writes.hot.put(1L + i % 47, true);
      }
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
      times.add(stage.clock.instant());
    }
  }

  @Test
  void changesSince_untilTime_isTheLastCommitNotAfterIt() {
    stage.clock.advance(Duration.ofHours(1));
    EngineRemote cold = stage.newEngine();
    for (int i = 0; i <= COMMITS; i++) {
      for (Duration off : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofMillis(1))) {
        Instant time = times.get(i).plus(off);
        int expected = 0;
        for (int lsn = 1; lsn <= COMMITS; lsn++) {
          expected = times.get(lsn).isAfter(time) ? expected : lsn;
        }
        Graft graft = Stage.changes(cold, volume, null, new Until.AtTime(time), false);
        assertThat(graft.upto()).as("at %s", time).isEqualTo(oracle.position(expected));
        assertThat(graft.uptoTime()).isEqualTo(times.get(expected));
      }
    }
  }

  @Test
  void changesSince_untilBeforeSince_isTheWholeSnapshot() {
    for (Until until : List.of(new Until.AtLsn(new Lsn(20)), new Until.AtTime(times.get(20)))) {
      Graft graft = Stage.changes(stage.engine, volume, oracle.position(60), until, false);
      int upto = (int) graft.upto().lsn().value();
      assertThat(upto).isBetween(20, 22);
      oracle.check("back in time", graft, 0, upto, stage.engine);
    }
  }

  @Test
  void changesSince_anotherHistory_isDiverged() {
    Hash other = Hash.sha256(new byte[] {1});
    assertThat(diverged(new Position(new Lsn(5), other))).isEqualTo(oracle.position(5));
    assertThat(diverged(new Position(Lsn.ZERO, other))).isEqualTo(oracle.position(0));
    assertThat(diverged(new Position(new Lsn(COMMITS), other))).isEqualTo(oracle.position(COMMITS));
    // Beyond the head: the store was set back, or the caller is of another volume.
    assertThat(diverged(new Position(new Lsn(COMMITS + 3), other)))
        .isEqualTo(oracle.position(COMMITS));
    for (long lsn : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(diverged(new Position(new Lsn(lsn), other))).isEqualTo(oracle.position(COMMITS));
    }
  }

  @Test
  void changesSince_ofTheEmptyVolume_isEmpty() {
    VolumeId empty = stage.newVolume();
    for (Position since : new Position[] {null, stage.start(empty)}) {
      Graft graft = Stage.changes(stage.engine, empty, since, new Until.Head(), true);
      assertThat(graft.upto()).isEqualTo(stage.start(empty));
      assertThat(graft.head()).isEqualTo(stage.start(empty));
      assertThat(graft.root().isEmpty()).isTrue();
    }
  }

  @Test
  void changesSince_otherEngineCommitted_isSeenAtOnce() {
    EngineRemote other = stage.newEngine();
    Stage.changes(other, volume, oracle.position(COMMITS), new Until.Head(), false);
    Writes writes = Writes.of(50, 50, 9, Writes.page(Stage.PAGE_SIZE, 999));
    HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    Graft graft = Stage.changes(other, volume, oracle.position(COMMITS), new Until.Head(), false);
    oracle.check("seen", graft, COMMITS, COMMITS + 1, other);
  }

  @Test
  void changesSince_storeThatDoesNotList_gallops() {
    stage.faulty.stopListing();
    EngineRemote cold = stage.newEngine();
    Graft whole = Stage.changes(cold, volume, null, new Until.Head(), true);
    oracle.check("gallop", whole, 0, COMMITS, cold);
    Graft later = Stage.changes(cold, volume, oracle.position(3), new Until.Head(), false);
    oracle.check("gallop", later, 3, COMMITS, cold);
  }

  @Test
  void changesSince_open_bringsPageOneAndHotFramesOnly() {
    Graft plain = stage.changes(volume, null);
    assertThat(plain.frames()).isEmpty();
    Graft graft = Stage.changes(stage.newEngine(), volume, null, new Until.Head(), true);
    FrameRef pageOne =
        switch (Maps.find(graft.root(), 1, new Oracle.Source(stage.engine))) {
          case PageLookup.Found(FrameRef frame, boolean hot) -> frame;
          default -> throw new AssertionError("no page 1");
        };
    assertThat(graft.frames().getFirst().ref()).isEqualTo(pageOne);
    assertThat(graft.frames().size()).isGreaterThan(1);
    int bytes = 0;
    for (Graft.CarriedFrame carried : graft.frames()) {
      FrameRef ref = carried.ref();
      RangeOutcome outcome =
          stage.engine.readRange(ref.owner(), ref.offsetBytes(), ref.lengthBytes());
      assertThat(((RangeOutcome.Found) outcome).bytes()).isEqualTo(carried.bytes());
      Frame frame = Frame.decode(carried.bytes(), 0, carried.bytes().length, ref);
      assertThat(frame.header().hot() || ref.equals(pageOne)).isTrue();
      bytes += carried.bytes().length;
    }
    assertThat(bytes).isLessThanOrEqualTo(OpenAnswer.MAX_CARRIED_BYTES);
  }

  @Test
  void changesSince_smallPull_readsOnlyWhatIsNew() {
    Writes writes = Writes.of(50, 50, 9, Writes.page(Stage.PAGE_SIZE, 999));
    EngineRemote reader = stage.newEngine();
    Stage.changes(reader, volume, oracle.position(COMMITS), new Until.Head(), false);
    HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    Counts before = stage.store.snapshot();
    Stage.changes(reader, volume, oracle.position(COMMITS), new Until.Head(), false);
    Counts cost = stage.store.snapshot().minus(before);
    assertThat(cost.reads()).isLessThanOrEqualTo(4);
  }

  @Test
  void log_pages_tellCommitsNewestFirst() {
    LogPage page = stage.newEngine().log(volume, null, 10);
    assertThat(page.head()).isEqualTo(oracle.position(COMMITS));
    assertThat(page.commits()).hasSize(10);
    for (int i = 0; i < 10; i++) {
      LogPage.Entry entry = page.commits().get(i);
      assertThat(entry.position()).isEqualTo(oracle.position(COMMITS - i));
      assertThat(entry.pagesWritten()).isEqualTo(1);
      assertThat(entry.time()).isEqualTo(times.get(COMMITS - i));
    }
    LogPage all = stage.engine.log(volume, new Lsn(40), 1_000);
    assertThat(all.commits()).hasSize(40);
    assertThat(all.commits().getLast().position()).isEqualTo(oracle.position(1));
    assertThatThrownBy(() -> stage.engine.log(volume, null, 0))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void readRange_missingObjectAndBadRanges_areTold() {
    var owner = new FrameOwner.InSegment(volume, stage.ids.newSegmentId(stage.clock.instant()));
    assertThat(stage.engine.readRange(owner, 0, 10)).isEqualTo(new RangeOutcome.Missing());
    assertThatThrownBy(() -> stage.engine.readRange(owner, -1, 10))
        .isInstanceOf(GraftException.Misuse.class);
    var commit = new FrameOwner.InCommit(volume, new Lsn(1));
    assertThatThrownBy(() -> stage.engine.readRange(commit, 0, 1 << 20))
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageContaining("ends at byte");
  }

  private Position diverged(Position since) {
    ChangesOutcome outcome =
        stage.newEngine().changesSince(new ChangesRequest(volume, since, new Until.Head(), false));
    assertThat(outcome).isInstanceOf(ChangesOutcome.Diverged.class);
    ChangesOutcome.Diverged diverged = (ChangesOutcome.Diverged) outcome;
    assertThat(diverged.claimed()).isEqualTo(since);
    return diverged.actual();
  }
}
