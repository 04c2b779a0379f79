package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.store.Counts;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Rules 4.6, 4.10 and 5.5: checkpoints, their leaves, and the state that names them. */
class CheckpointTest {
  private static final EngineOptions INLINE =
      EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE);

  /** Windows of the large volume. */
  private static final int WINDOWS = 24;

  private static final int FRAME_PAGES = 32;

  private final Stage stage = new Stage(5, INLINE);
  private final VolumeId volume = stage.newVolume();
  private final Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  @Test
  void commit_everyThousandTwentyFourth_isACheckpointThatTheStateNames() {
    for (int i = 0; i < 2_100; i++) {
      Writes writes = Writes.of(400, i == 0 ? 0 : 400, 1 + i % 390, page(i));
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    }
    StateRecord state = state(3);
    assertThat(state.checkpoints().stream().map(StateRecord.KeptCheckpoint::position))
        .containsExactly(oracle.position(1_024), oracle.position(2_048));
    EngineRemote cold = stage.newEngine();
    for (int upto : new int[] {1_023, 1_024, 1_025, 2_047, 2_048, 2_100}) {
      Graft graft =
          Stage.changes(cold, volume, null, new Until.AtLsn(new Lsn(upto)), upto % 2 == 0);
      oracle.check("checkpoint", graft, 0, upto, cold);
    }
    // Not through a checkpoint: what changed since a position is no more than that.
    Graft graft = Stage.changes(cold, volume, oracle.position(1_000), new Until.Head(), false);
    oracle.check("over a checkpoint", graft, 1_000, 2_100, cold);
  }

  @Test
  void checkpoint_ofALargeVolume_sharesLeavesThatDidNotChange() {
    Set<FrameRef> imported = importLarge();
    for (int lsn = 2; lsn <= 1_024; lsn++) {
      small(lsn);
    }
    Checkpoint checkpoint = checkpoint(state(2));
    int shared = 0;
    for (List<LeafLayer> layers : checkpoint.root().windows().values()) {
      for (LeafPlace.InFrame place : StoredMaps.inFrames(layers)) {
        shared += imported.contains(place.ref()) ? 1 : 0;
      }
      assertThat(layers.size()).isLessThanOrEqualTo(4);
      assertThat(Checkpoints.worthFolding(layers)).isFalse();
    }
    assertThat(shared).isGreaterThan(WINDOWS / 2);
    assertThat(checkpoint.root().windows()).hasSize(WINDOWS);
    lookEverywhere(Stage.changes(stage.newEngine(), volume, null, new Until.Head(), false));
  }

  @Test
  void open_ofALargeVolume_bringsLeavesWhileTheyFit() {
    importLarge();
    for (int lsn = 2; lsn <= 40; lsn++) {
      small(lsn);
    }
    EngineRemote cold = stage.newEngine();
    Counts before = stage.store.snapshot();
    Graft graft = Stage.changes(cold, volume, null, new Until.Head(), true);
    assertThat(stage.store.snapshot().minus(before).reads()).isLessThanOrEqualTo(72);
    assertThat(StoredMaps.inFrames(graft.root().layers(0))).as("page 1's window").isEmpty();
    int inline = 0;
    for (List<LeafLayer> layers : graft.root().windows().values()) {
      for (LeafLayer layer : layers) {
        inline += MapFitter.inlineBytes(layer);
      }
    }
    assertThat(inline).isBetween(20_000, 64 * 1024);
    assertThat(graft.frames()).isNotEmpty();
    lookEverywhere(graft);
    // Another answer neither reads nor copies them.
    Graft plain = Stage.changes(cold, volume, null, new Until.Head(), false);
    assertThat(StoredMaps.inFrames(plain.root().layers(0))).hasSize(1);
    assertThat(Maps.find(plain.root(), 1, new Oracle.Source(cold)))
        .isEqualTo(Maps.find(graft.root(), 1, new Oracle.Source(cold)));
  }

  @Test
  void open_leafOfPageOneTooLargeToComeAlong_stillBringsItsFrame() {
    List<Long> pages = new ArrayList<>();
    for (long page = 1; page < 65_536; page++) {
      pages.add(page);
    }
    Collections.shuffle(pages, stage.random);
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(volume, id, Stage.PAGE_SIZE, encoder);
      Leaf.Builder leaf = Leaf.builder(0);
      for (int from = 0; from < pages.size(); from += PageRuns.MAX_PAGES) {
        int to = Math.min(pages.size(), from + PageRuns.MAX_PAGES);
        PageRuns.Builder runs = new PageRuns.Builder();
        pages.subList(from, to).stream().sorted().forEach(runs::add);
        byte[] raw = new byte[(to - from) * Stage.PAGE_SIZE.bytes()];
        FrameRef ref = writer.addPages(false, runs.build(), raw, 0, raw.length);
        PageSet.Builder live = PageSet.builder();
        pages.subList(from, to).stream().sorted().forEach(live::add);
        leaf.addFrame(ref, false, live.build());
      }
      byte[] encoded = leaf.build().encode();
      assertThat(encoded.length).isGreaterThan(MapFitter.MAX_INLINE_BYTES);
      LeafPlace.InFrame place =
          LeafPlace.InFrame.of(writer.addMeta(FrameKind.LEAF, encoded), encoded);
      Root root =
          Root.ofCount(new PageCount(65_535), PageCount.ZERO)
              .withLeaf(0, List.of(LeafLayer.inFrame(place)));
      SegmentEntry entry = stage.engine.upload(volume, id, writer.finish().bytes()).entry();
      stage.engine.commit(
          new Writes(65_535, 0)
              .request(
                  volume,
                  oracle.position(0),
                  List.of(Writes.transaction(stage.ids, stage.clock.instant())),
                  new CommitRequest.Content.Segments(
                      new RootPlace.Inline(root), new SegmentTable.Inline(List.of(entry)))));
    }
    Graft graft = Stage.changes(stage.newEngine(), volume, null, new Until.Head(), true);
    assertThat(StoredMaps.inFrames(graft.root().layers(0))).hasSize(1);
    assertThat(Maps.find(graft.root(), 1, new Oracle.Source(stage.engine)))
        .isEqualTo(new PageLookup.Found(graft.frames().getFirst().ref(), false));
  }

  @Test
  void changesSince_moreLeavesThanFit_arePutIntoASegment() {
    int lsns = 10;
    for (int i = 0; i < lsns; i++) {
      Writes writes = new Writes(1_000_000, i == 0 ? 0 : 1_000_000);
      for (int n = 0; n < 3_600; n++) {
        writes.pages.put(1 + stage.random.nextLong(1_000_000), page(n));
      }
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    }
    Graft graft = stage.changes(volume, null);
    assertThat(graft.root().encode().length).isLessThan(128 * 1024);
    assertThat(
            graft.root().windows().values().stream()
                .anyMatch(layers -> !StoredMaps.inFrames(layers).isEmpty()))
        .isTrue();
    oracle.check("spilled", graft, 0, lsns, stage.newEngine());
  }

  @Test
  void publish_anotherTookTheNumber_goesAfterIt() {
    for (int i = 0; i < 1_023; i++) {
      Writes writes = Writes.of(40, i == 0 ? 0 : 40, 1 + i % 39, page(i));
      HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    }
    // Someone else writes state record 2 after this engine has read the state.
    StateRecord first = state(1);
    StateRecord other =
        new StateRecord(
            volume,
            2,
            0,
            Lsn.ZERO,
            first.retention(),
            List.of(),
            List.of(new Lsn(5)),
            false,
            List.of(),
            stage.clock.instant());
    stage.memory.putIfAbsent(Keys.state(volume, 2), other.encode(), Instant.MAX);
    Writes writes = Writes.of(40, 40, 1, page(99));
    HistoryModelTest.applyUnchecked(stage, volume, oracle, writes, false);
    StateRecord third = state(3);
    assertThat(third.keptLsns()).containsExactly(new Lsn(5));
    assertThat(third.checkpoints()).hasSize(1);
  }

  /** The head of the large volume, which is too large for the oracle. */
  private Position at = oracle.position(0);

  /** One commit whose pages fill many windows sparsely, leaves in frames of its segment. */
  private Set<FrameRef> importLarge() {
    Set<FrameRef> leaves = new HashSet<>();
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(volume, id, Stage.PAGE_SIZE, encoder);
      byte[] raw = new byte[FRAME_PAGES * Stage.PAGE_SIZE.bytes()];
      TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
      List<Leaf> built = new ArrayList<>();
      for (int window = 0; window < WINDOWS; window++) {
        Leaf.Builder leaf = Leaf.builder(window);
        for (int frame = 0; frame < 180; frame++) {
          long first = ((long) window << 16) + 1 + frame * (long) FRAME_PAGES;
          stage.random.nextBytes(raw);
          Arrays.fill(raw, stage.random.nextInt(100), raw.length, (byte) window);
          FrameRef ref =
              writer.addPages(false, PageRuns.of(first, FRAME_PAGES), raw, 0, raw.length);
          // Some pages only, so that a leaf is some kilobytes long.
          PageSet.Builder live = PageSet.builder().add(first);
          for (long page = first + 1;
              page < first + FRAME_PAGES;
              page += 1 + stage.random.nextInt(3)) {
            live.add(page);
          }
          leaf.addFrame(ref, false, live.build());
        }
        built.add(leaf.build());
      }
      for (Leaf leaf : built) {
        byte[] encoded = leaf.encode();
        LeafPlace.InFrame place =
            LeafPlace.InFrame.of(writer.addMeta(FrameKind.LEAF, encoded), encoded);
        leaves.add(place.ref());
        windows.put(leaf.window(), List.of(LeafLayer.inFrame(place)));
      }
      PageCount count = new PageCount((long) WINDOWS << 16);
      Root root = Root.ofCount(count, PageCount.ZERO).withWindows(windows, List.of());
      Segment segment = writer.finish();
      SegmentEntry entry = stage.engine.upload(volume, id, segment.bytes()).entry();
      CommitRequest request =
          new Writes(count.value(), 0)
              .request(
                  volume,
                  oracle.position(0),
                  List.of(Writes.transaction(stage.ids, stage.clock.instant())),
                  new CommitRequest.Content.Segments(
                      new RootPlace.Inline(root), new SegmentTable.Inline(List.of(entry))));
      at = ((CommitOutcome.Committed) stage.engine.commit(request)).position();
      return leaves;
    }
  }

  private void small(int lsn) {
    long count = (long) WINDOWS << 16;
    long page = 1 + stage.random.nextLong(3L << 16);
    CommitRequest request =
        Writes.of(count, count, page, page(lsn))
            .inline(
                volume,
                Stage.PAGE_SIZE,
                at,
                List.of(Writes.transaction(stage.ids, stage.clock.instant())));
    at = ((CommitOutcome.Committed) stage.engine.commit(request)).position();
  }

  /** Every page that the map names is in the frame that it names. */
  private void lookEverywhere(Graft graft) {
    Oracle.Source source = new Oracle.Source(stage.engine);
    int found = 0;
    for (long page = 1; page <= graft.root().count().value(); page += 211) {
      if (Maps.find(graft.root(), page, source)
          instanceof PageLookup.Found(FrameRef frame, var h)) {
        assertThat(source.frame(frame).page(page)).hasSize(512);
        found++;
      }
    }
    assertThat(found).isGreaterThan(300);
  }

  private static byte[] page(long tag) {
    return Writes.page(Stage.PAGE_SIZE, tag);
  }

  private StateRecord state(long number) {
    var key = Keys.state(volume, number);
    return StateRecord.decode(key.value(), volume, number, stage.object(key));
  }

  private Checkpoint checkpoint(StateRecord state) {
    StateRecord.KeptCheckpoint named = state.checkpoints().getLast();
    var key = Keys.checkpoint(volume, named.id());
    return Checkpoint.decode(key.value(), volume, named.id(), stage.object(key));
  }
}
