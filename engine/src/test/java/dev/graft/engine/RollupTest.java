package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.engine.FaultyObjectStore.Fault;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Rollup;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rules 4.9 and 5.5. */
class RollupTest {
  private static final EngineOptions INLINE =
      EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE);
  private static final EngineOptions OFF =
      EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.OFF);

  private Stage stage = new Stage(3, INLINE);
  private VolumeId volume = stage.newVolume();
  private Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));

  private void begin(EngineOptions options) {
    stage = new Stage(3, options);
    volume = stage.newVolume();
    oracle = new Oracle(Stage.PAGE_SIZE, stage.start(volume));
  }

  @Test
  void commit_completesABlock_rollsItUpAndPacksSmallPages() {
    commit(32);
    Rollup rollup = rollup(new Block(1, 0));
    assertThat(rollup.first()).isEqualTo(oracle.position(1));
    assertThat(rollup.last()).isEqualTo(oracle.position(32));
    assertThat(rollup.pack()).isNotNull();
    Set<FrameOwner> owners = owners(rollup.root());
    SegmentId pack = Objects.requireNonNull(rollup.pack()).id();
    assertThat(owners).containsExactly(new FrameOwner.InSegment(volume, pack));
    checkAll();
  }

  @Test
  void commit_hotPages_areFirstInThePackAndListed() {
    commit(32);
    Rollup rollup = rollup(new Block(1, 0));
    SegmentId pack = Objects.requireNonNull(rollup.pack()).id();
    byte[] bytes = stage.object(Keys.segment(volume, pack));
    SegmentFooter footer = SegmentFooter.decode(volume, pack, bytes, bytes.length);
    boolean cold = false;
    for (FooterEntry entry : footer.entries()) {
      assertThat(entry.hot() && cold).as("a hot frame behind a cold one").isFalse();
      cold = cold || !entry.hot();
    }
    assertThat(footer.entries().getFirst().hot()).isTrue();
    HotRange first = rollup.root().hot().getFirst();
    assertThat(first.offsetBytes()).isEqualTo(footer.entries().getFirst().ref().offsetBytes());
    assertThat(rollup.root().hot()).hasSize(1);
  }

  @Test
  void commit_largeFrames_stayWhereTheyAre() {
    begin(INLINE);
    Writes large = new Writes(300, 0);
    for (long page = 1; page <= 256; page++) {
      large.pages.put(page, Writes.page(Stage.PAGE_SIZE, page));
    }
    HistoryModelTest.apply(stage, volume, oracle, large, true);
    for (int i = 0; i < 31; i++) {
      Writes one = Writes.of(300, 300, 257 + i, Writes.page(Stage.PAGE_SIZE, i));
      HistoryModelTest.apply(stage, volume, oracle, one, false);
    }
    Rollup rollup = rollup(new Block(1, 0));
    // The frame of 128 KiB raw in its own segment, all others in the pack.
    assertThat(owners(rollup.root())).hasSize(2);
    checkAll();
  }

  @Test
  void changesSince_untilN_usesNothingOfABlockThatEndsAfterN() {
    commit(70);
    Map<SegmentId, Long> lastOfPack = new HashMap<>();
    for (Block block : List.of(new Block(1, 0), new Block(1, 1))) {
      Rollup rollup = rollup(block);
      lastOfPack.put(Objects.requireNonNull(rollup.pack()).id(), block.last().value());
    }
    for (int upto = 1; upto <= 70; upto++) {
      Graft graft =
          Stage.changes(stage.newEngine(OFF), volume, null, new Until.AtLsn(new Lsn(upto)), true);
      for (FrameOwner owner : owners(graft.root())) {
        switch (owner) {
          case FrameOwner.InCommit in -> assertThat(in.lsn().value()).isLessThanOrEqualTo(upto);
          case FrameOwner.InSegment in ->
              assertThat(lastOfPack.get(in.segment())).isLessThanOrEqualTo(upto);
        }
      }
      oracle.check("until " + upto, graft, 0, upto, stage.engine);
    }
  }

  @Test
  void commit_pageHiddenByAStoredLeaf_isNotBroughtToTheTop() {
    Writes old = Writes.of(300, 0, 5, Writes.page(Stage.PAGE_SIZE, 1));
    HistoryModelTest.applyUnchecked(stage, volume, oracle, old, false);
    // Page 5 anew, under a leaf that lies in a frame: it stands between two leaves in the map.
    Writes newer = Writes.of(300, 300, 5, Writes.page(Stage.PAGE_SIZE, 2));
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(volume, id, Stage.PAGE_SIZE, encoder);
      byte[] raw = Writes.page(Stage.PAGE_SIZE, 2);
      FrameRef ref = writer.addPages(false, PageRuns.of(5, 1), raw, 0, raw.length);
      byte[] leaf = Leaf.builder(0).addFrame(ref, false, PageSet.of(5)).build().encode();
      LeafPlace.InFrame place = LeafPlace.InFrame.of(writer.addMeta(FrameKind.LEAF, leaf), leaf);
      Segment segment = writer.finish();
      SegmentEntry entry = stage.engine.upload(volume, id, segment.bytes()).entry();
      Root root =
          Root.ofCount(new PageCount(300), new PageCount(300))
              .withLeaf(0, List.of(LeafLayer.inFrame(place)));
      CommitRequest request =
          newer.request(
              volume,
              oracle.position(1),
              List.of(Writes.transaction(stage.ids, stage.clock.instant())),
              new CommitRequest.Content.Segments(
                  new RootPlace.Inline(root), new SegmentTable.Inline(List.of(entry))));
      oracle.commit(newer, ((CommitOutcome.Committed) stage.engine.commit(request)).position());
    }
    commit(62);
    assertThat(rollup(new Block(1, 0)).root().layers(0)).hasSize(3);
    checkAll();
  }

  @Test
  void make_anotherWasFirst_removesItsOwnPackAtOnce() {
    commit(31);
    // Two engines complete the block: the second one's put of the rollup loses.
    EngineRemote second = stage.newEngine(OFF);
    commit(1);
    Set<ObjectKey> before = packs();
    Stage.changes(second, volume, null, new Until.Head(), false);
    Rollups rollups = rollups();
    rollups.make(volume, Stage.PAGE_SIZE, 0, new Block(1, 0));
    assertThat(packs()).isEqualTo(before);
    assertThat(stage.faulty.deleted()).hasSize(1);
    checkAll();
  }

  @Test
  void make_ownPutReportedAsTaken_keepsItsPack() {
    stage.faulty.plan("/rollups/", Fault.OWN_WRITE_REPORTED_AS_TAKEN);
    commit(32);
    assertThat(stage.faulty.deleted()).isEmpty();
    checkAll();
  }

  @Test
  void make_outcomeNeverKnown_leavesThePack() {
    Fault[] faults = new Fault[1_000];
    Arrays.fill(faults, Fault.DELAYED);
    commit(31);
    stage.faulty.plan("/rollups/", faults);
    commit(1);
    stage.faulty.forgetPlan();
    assertThat(stage.engine.upkeepFailures()).isEqualTo(1);
    assertThat(stage.faulty.deleted()).isEmpty();
    // It lands after all: what it names is there.
    stage.faulty.landDelayed();
    checkAll();
  }

  @Test
  void changesSince_rollupMissing_isMadeByTheReader() throws InterruptedException {
    begin(OFF);
    commit(100);
    EngineRemote reader = stage.newEngine(EngineOptions.DEFAULT);
    Graft first = Stage.changes(reader, volume, null, new Until.Head(), false);
    oracle.check("without rollups", first, 0, 100, reader);
    reader.quiesce();
    assertThat(reader.upkeepFailures()).as("%s", reader.lastUpkeepFailure()).isZero();
    for (int i = 0; i < 3; i++) {
      assertThat(rollup(new Block(1, i)).last()).isEqualTo(oracle.position(32 * (i + 1)));
    }
    checkAll();
  }

  @Test
  void changesSince_readsAreBounded_gainsGroundUntilTheHead() throws InterruptedException {
    begin(OFF);
    commit(400);
    EngineOptions tight =
        EngineOptions.DEFAULT.withAnswerBounds(EngineOptions.DEFAULT.answerDeadline(), 60);
    int since = 0;
    int calls = 0;
    while (since < 400) {
      EngineRemote reader = stage.newEngine(tight);
      long reads = stage.store.snapshot().reads();
      Graft graft = Stage.changes(reader, volume, oracle.position(since), new Until.Head(), false);
      assertThat(stage.store.snapshot().reads() - reads).isLessThan(60 + 32);
      int upto = (int) graft.upto().lsn().value();
      assertThat(upto).isGreaterThan(since);
      assertThat(graft.head()).isEqualTo(oracle.position(400));
      oracle.check("bounded", graft, since, upto, reader);
      since = upto;
      calls++;
      reader.quiesce();
    }
    assertThat(calls).isBetween(2, 12);
  }

  @Test
  void commit_outcomesOfEveryPutUncertain_historyIsWhole() {
    begin(INLINE);
    for (int i = 0; i < 64; i++) {
      stage.faulty.plan("/volumes/".substring(1), Fault.ANSWER_LOST, Fault.REQUEST_LOST);
      commit(1);
    }
    assertThat(stage.faulty.deleted()).isEmpty();
    checkAll();
  }

  private Rollups rollups() {
    Rounds rounds = new Rounds(stage.concurrency);
    Backoff backoff = new Backoff(new Random(1));
    PatientStore objects =
        new PatientStore(stage.store, rounds, backoff, EngineOptions.DEFAULT.commitDeadline());
    HeadFinder finder = new HeadFinder(stage.store, rounds);
    CommitLog commits = new CommitLog(objects);
    FrameReader frames = new FrameReader(commits, objects, objects, rounds);
    StoredMaps maps = new StoredMaps(frames);
    StateLog states = new StateLog(objects, finder, rounds, EngineOptions.DEFAULT.stateMaxAge());
    History history = new History(commits, states, maps, objects, rounds);
    return new Rollups(history, maps, frames, objects, stage.ids, rounds);
  }

  private void commit(int commits) {
    for (int i = 0; i < commits; i++) {
      int lsn = oracle.head() + 1;
      long page = lsn % 9 == 1 ? 1 : 6 + stage.random.nextLong(200);
      Writes writes = Writes.of(300, lsn == 1 ? 0 : 300, page, Writes.page(Stage.PAGE_SIZE, lsn));
      if (page % 5 == 1) {
        writes.hot.put(page, true);
      }
      HistoryModelTest.apply(stage, volume, oracle, writes, false);
    }
  }

  private void checkAll() {
    EngineRemote cold = stage.newEngine(OFF);
    for (int since = 0; since <= oracle.head(); since += 7) {
      Graft graft = Stage.changes(cold, volume, oracle.position(since), new Until.Head(), false);
      oracle.check("all", graft, since, oracle.head(), cold);
    }
  }

  private Rollup rollup(Block block) {
    ObjectKey key = Keys.rollup(volume, 0, block);
    return Rollup.decode(key.value(), volume, 0, block.level(), block.index(), stage.object(key));
  }

  private Set<ObjectKey> packs() {
    return new HashSet<>(stage.memory.list("volumes/" + volume + "/segments/", "", 1_000));
  }

  private static Set<FrameOwner> owners(Root root) {
    List<Leaf> leaves = new ArrayList<>();
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        if (layer.place() instanceof LeafPlace.Inline(Leaf leaf)) {
          leaves.add(leaf);
        }
      }
    }
    Set<FrameOwner> owners = new HashSet<>();
    for (Leaf leaf : leaves) {
      for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
        owners.add(leaf.frame(ordinal).owner());
      }
    }
    return owners;
  }
}
