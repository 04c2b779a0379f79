package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.FaultyObjectStore.Fault;
import dev.graft.engine.store.Counts;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.UploadReceipt;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rules 4.4 and 5.1: what is uploaded is proved, and a map names only what is there. */
class UploadTest {
  private final Stage stage = new Stage(2);
  private final VolumeId volume = stage.newVolume();
  private final Position base = stage.start(volume);

  @Test
  void upload_segment_tellsItsEntryAndTheTime() {
    Writes.InSegment segment = segment();
    UploadReceipt receipt = upload(segment);
    assertThat(receipt.entry()).isEqualTo(segment.entry());
    assertThat(receipt.serverTime()).isEqualTo(stage.clock.instant());
  }

  @Test
  void upload_again_succeedsAlsoMuchLater() {
    Writes.InSegment segment = segment();
    upload(segment);
    assertThat(upload(segment).entry()).isEqualTo(segment.entry());
    stage.clock.advance(Duration.ofHours(3));
    assertThat(upload(segment).entry()).isEqualTo(segment.entry());
  }

  @Test
  void upload_answerLost_succeeds() {
    stage.faulty.plan("/segments/", Fault.ANSWER_LOST, Fault.REFUSED);
    upload(segment());
  }

  @Test
  void upload_otherBytesUnderTheSameId_isMisuse() {
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    upload(writes(1).segment(volume, Stage.PAGE_SIZE, id));
    Writes.InSegment other = writes(2).segment(volume, Stage.PAGE_SIZE, id);
    misuse(() -> upload(other), "holds other bytes");
  }

  @Test
  void upload_idMoreThanTenMinutesOff_isRefusedWithTheRightTime() {
    for (Duration off : List.of(Duration.ofMinutes(11), Duration.ofMinutes(-11))) {
      SegmentId id = stage.ids.newSegmentId(stage.clock.instant().plus(off));
      Writes.InSegment segment = writes(1).segment(volume, Stage.PAGE_SIZE, id);
      misuse(() -> upload(segment), "here it is " + stage.clock.instant());
    }
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant().minus(Duration.ofMinutes(9)));
    upload(writes(1).segment(volume, Stage.PAGE_SIZE, id));
  }

  @Test
  void upload_anyDamage_isMisuse() {
    Writes.InSegment segment = segment();
    byte[] whole = segment.segment().bytes();
    for (int at = 0; at < whole.length; at += 3) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 16;
      misuse(() -> stage.engine.upload(volume, segment.segment().id(), damaged), "");
    }
  }

  @Test
  void upload_ofAnotherVolumeOrPageSize_isMisuse() {
    VolumeId other = stage.newVolume();
    Writes.InSegment segment = segment();
    byte[] bytes = segment.segment().bytes();
    misuse(() -> stage.engine.upload(other, segment.segment().id(), bytes), "is not segment");
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    Writes large = Writes.of(9, 0, 1, new byte[1024]);
    Writes.InSegment largePages = large.segment(volume, new PageSize(1024), id);
    misuse(() -> upload(largePages), "has pages of 1024 bytes");
  }

  @Test
  void commit_namesItsSegments_withoutReadingThem() {
    Writes.InSegment segment = segment();
    upload(segment);
    long reads = stage.store.snapshot().reads();
    committed(stage.engine, request(segment.root(), segment.entry()));
    assertThat(stage.store.snapshot().reads()).isEqualTo(reads);
  }

  @Test
  void commit_byAnEngineThatDidNotSeeTheUpload_readsTheFooters() {
    Writes.InSegment segment = segment();
    upload(segment);
    committed(stage.newEngine(), request(segment.root(), segment.entry()));
  }

  @Test
  void commit_otherHash_isRefusedByAnEngineThatNeverSawTheUpload() {
    Writes.InSegment segment = segment();
    upload(segment);
    SegmentEntry entry = segment.entry();
    SegmentEntry forged =
        new SegmentEntry(entry.id(), entry.lengthBytes(), Hash.sha256(new byte[] {7}));
    CommitRequest request = request(segment.root(), forged);
    EngineRemote other = stage.newEngine();
    for (int i = 0; i < 2; i++) {
      misuse(() -> other.commit(request), "and SHA-256 " + forged.sha256() + ", but it has");
    }
    assertThat(stage.changes(volume, base).head()).isEqualTo(base);
    long gets = stage.store.snapshot().gets();
    committed(other, request(segment.root(), entry));
    assertThat(stage.store.snapshot().gets()).as("what it proved it keeps").isEqualTo(gets);
  }

  @Test
  void commit_byAnEngineThatDidNotSeeTheUpload_asksForFooterAndHashSideBySide() {
    Writes.InSegment segment = segment();
    upload(segment);
    // Each of the two is answered only when the other has been asked as well.
    CyclicBarrier both = new CyclicBarrier(2);
    InvocationHandler meet =
        (proxy, method, arguments) -> {
          if (arguments != null && arguments[0].toString().contains("/segments/")) {
            both.await(10, TimeUnit.SECONDS);
          }
          return method.invoke(stage.store, arguments);
        };
    ObjectStore meeting =
        (ObjectStore)
            Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, meet);
    EngineRemote other =
        new EngineRemote(
            meeting, meeting, stage.concurrency, stage.ids, new Random(7), stage.options);
    other.volume(volume);
    Counts before = stage.store.snapshot();
    committed(other, request(segment.root(), segment.entry()));
    assertThat(stage.store.snapshot().minus(before).gets()).isEqualTo(2);
  }

  @Test
  void commit_segmentNotUploaded_isMisuse() {
    Writes.InSegment segment = segment();
    refused(request(segment.root(), segment.entry()), "was not uploaded");
  }

  @Test
  void commit_otherLengthOrHash_isMisuse() {
    Writes.InSegment segment = segment();
    upload(segment);
    SegmentEntry entry = segment.entry();
    Hash other = Hash.sha256(new byte[] {7});
    refused(request(segment.root(), new SegmentEntry(entry.id(), entry.lengthBytes(), other)), "");
    SegmentEntry longer = new SegmentEntry(entry.id(), entry.lengthBytes() + 1, entry.sha256());
    refused(request(segment.root(), longer), "");
    CommitRequest request = request(segment.root(), longer);
    misuse(() -> stage.newEngine().commit(request), "but it has");
  }

  @Test
  void commit_mapNamesWhatTheSegmentDoesNotHold_isMisuse() {
    Writes.InSegment segment = segment();
    upload(segment);
    FrameRef ref = segment.segment().footer().entries().getFirst().ref();
    PageSet pages = PageSet.of(3);
    refused(request(map(moved(ref, 1, 0, 0), false, pages), segment.entry()), "footer");
    refused(request(map(moved(ref, 0, 1, 0), false, pages), segment.entry()), "footer");
    refused(request(map(moved(ref, 0, 0, 1), false, pages), segment.entry()), "footer");
    refused(request(map(ref, false, PageSet.of(3, 4)), segment.entry()), "does not hold");
    refused(request(map(ref, true, pages), segment.entry()), "hot");
    SegmentId unknown = stage.ids.newSegmentId(stage.clock.instant());
    FrameRef elsewhere =
        new FrameRef(
            new FrameOwner.InSegment(volume, unknown),
            ref.number(),
            ref.offsetBytes(),
            ref.lengthBytes());
    refused(request(map(elsewhere, false, pages), segment.entry()), "none of the new segments");
    HotRange hot = new HotRange(ref.owner(), ref.offsetBytes(), segment.entry().lengthBytes());
    refused(request(segment.root().withHot(List.of(hot)), segment.entry()), "hot range");
    committed(stage.engine, request(map(ref, false, pages), segment.entry()));
  }

  @Test
  void commit_leavesRootAndTableInFrames_areFollowed() {
    for (EngineRemote engine : List.of(stage.engine, stage.newEngine())) {
      VolumeId of = stage.newVolume();
      CommitRequest request = inFrames(of, PageSet.of(1, 2));
      Oracle oracle = new Oracle(Stage.PAGE_SIZE, stage.start(of));
      Writes writes = new Writes(9, 0);
      writes.pages.put(1L, Writes.page(Stage.PAGE_SIZE, 1));
      writes.pages.put(2L, Writes.page(Stage.PAGE_SIZE, 2));
      CommitOutcome.Committed done = committed(engine, request);
      oracle.commit(writes, done.position());
      oracle.check("in frames", done.graft(), 0, 1, engine);
      oracle.check("in frames", stage.changes(of, null), 0, 1, engine);
    }
  }

  @Test
  void commit_leafInFrameNamesAnotherPage_isMisuse() {
    CommitRequest request = inFrames(stage.newVolume(), PageSet.of(1, 3));
    misuse(() -> stage.engine.commit(request), "does not hold");
  }

  /** 18 segments: pages in the first, leaf, root and table in the last. */
  private CommitRequest inFrames(VolumeId of, PageSet named) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      List<SegmentEntry> entries = new ArrayList<>();
      SegmentWriter first = writer(of, encoder);
      byte[] raw = new byte[1024];
      System.arraycopy(Writes.page(Stage.PAGE_SIZE, 1), 0, raw, 0, 512);
      System.arraycopy(Writes.page(Stage.PAGE_SIZE, 2), 0, raw, 512, 512);
      FrameRef pages = first.addPages(false, PageRuns.of(1, 2), raw, 0, raw.length);
      entries.add(uploaded(of, first.finish()));
      for (int i = 0; i < 16; i++) {
        SegmentWriter filler = writer(of, encoder);
        filler.addPages(false, PageRuns.of(5, 2), raw, 0, raw.length);
        entries.add(uploaded(of, filler.finish()));
      }
      SegmentWriter last = writer(of, encoder);
      byte[] leaf = Leaf.builder(0).addFrame(pages, false, named).build().encode();
      LeafPlace.InFrame place = LeafPlace.InFrame.of(last.addMeta(FrameKind.LEAF, leaf), leaf);
      TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
      windows.put(0, List.of(LeafLayer.inFrame(place)));
      byte[] root =
          Root.ofCount(new PageCount(9), PageCount.ZERO).withWindows(windows, List.of()).encode();
      FrameRef rootFrame = last.addMeta(FrameKind.ROOT, root);
      byte[] table = SegmentTable.encodeContent(entries);
      FrameRef tableFrame = last.addMeta(FrameKind.SEGMENT_TABLE, table);
      SegmentTable segments =
          new SegmentTable.External(uploaded(of, last.finish()), tableFrame, Hash.sha256(table));
      return new Writes(9, 0)
          .request(
              of,
              stage.start(of),
              one(),
              new CommitRequest.Content.Segments(
                  new RootPlace.InFrame(rootFrame, Hash.sha256(root)), segments));
    }
  }

  private SegmentWriter writer(VolumeId of, FrameEncoder encoder) {
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    return new SegmentWriter(of, id, Stage.PAGE_SIZE, encoder);
  }

  private SegmentEntry uploaded(VolumeId of, Segment segment) {
    return stage.engine.upload(of, segment.id(), segment.bytes()).entry();
  }

  private static Writes writes(int tag) {
    return Writes.of(9, 0, 3, Writes.page(Stage.PAGE_SIZE, tag));
  }

  private Writes.InSegment segment() {
    SegmentId id = stage.ids.newSegmentId(stage.clock.instant());
    return writes(1).segment(volume, Stage.PAGE_SIZE, id);
  }

  private UploadReceipt upload(Writes.InSegment segment) {
    return stage.engine.upload(volume, segment.segment().id(), segment.segment().bytes());
  }

  private static FrameRef moved(FrameRef ref, int number, long offset, int length) {
    return new FrameRef(
        ref.owner(), ref.number() + number, ref.offsetBytes() + offset, ref.lengthBytes() + length);
  }

  private static Root map(FrameRef ref, boolean hot, PageSet pages) {
    return Root.builder(new PageCount(9), PageCount.ZERO).addFrame(ref, hot, pages).build();
  }

  private List<TransactionRecord> one() {
    return List.of(Writes.transaction(stage.ids, stage.clock.instant()));
  }

  private CommitRequest request(Root root, SegmentEntry entry) {
    return writes(1)
        .request(
            volume,
            base,
            one(),
            new CommitRequest.Content.Segments(
                new RootPlace.Inline(root), new SegmentTable.Inline(List.of(entry))));
  }

  private static CommitOutcome.Committed committed(EngineRemote engine, CommitRequest request) {
    CommitOutcome outcome = engine.commit(request);
    assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
    return (CommitOutcome.Committed) outcome;
  }

  private void refused(CommitRequest request, String why) {
    misuse(() -> stage.engine.commit(request), why);
    assertThat(stage.changes(volume, base).head()).isEqualTo(base);
  }

  private static void misuse(ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(GraftException.Misuse.class).hasMessageContaining(why);
  }
}
