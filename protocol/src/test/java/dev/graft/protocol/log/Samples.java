package dev.graft.protocol.log;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One fixed object of each kind, from fixed ids, times and contents: what the golden files hold.
 */
final class Samples {
  static final VolumeId VOLUME = new VolumeId(0x0123456789abcdefL, 0x1122334455667788L);
  static final SegmentId SEGMENT = new SegmentId(0x0193500000001234L, 0x5566778899aabbccL);
  static final CheckpointId CHECKPOINT = new CheckpointId(0x7777777777777777L, 1);
  static final Instant TIME = Instant.parse("2026-11-01T12:00:00.123Z");
  static final PageSize PAGE_SIZE = new PageSize(512);
  static final String NAME = "volumes/vol-x/some/key";

  private Samples() {}

  static VolumeRecord volume() {
    return new VolumeRecord(VOLUME, PAGE_SIZE, TIME, new VolumeRecord.Origin.Empty());
  }

  static VolumeRecord fork() {
    return new VolumeRecord(VOLUME, PAGE_SIZE, TIME, new VolumeRecord.Origin.Fork(ancestors()));
  }

  static VolumeRecord givenUp() {
    return new VolumeRecord(
        VOLUME, PAGE_SIZE, TIME, new VolumeRecord.Origin.GivenUp(new VolumeId(5, 6)));
  }

  static List<VolumeRecord.Ancestor> ancestors() {
    return List.of(
        new VolumeRecord.Ancestor(new VolumeId(5, 6), new Position(new Lsn(9), hash("nine"))),
        new VolumeRecord.Ancestor(new VolumeId(4, 4), new Position(new Lsn(70), hash("70"))));
  }

  static Pin pin() {
    return new Pin(new VolumeId(5, 6), VOLUME, TIME, PAGE_SIZE, CHECKPOINT, ancestors());
  }

  /** Zeros, with some text at the start that differs between pages. */
  static byte[] pages(int count) {
    byte[] raw = new byte[count * PAGE_SIZE.bytes()];
    for (int i = 0; i < count; i++) {
      byte[] text = ("page number " + i + " of a golden file").getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, raw, i * PAGE_SIZE.bytes(), text.length);
    }
    return raw;
  }

  static byte[] frame(boolean hot, PageRuns pages) {
    FrameOwner unstamped = new FrameOwner.InCommit(VOLUME, Lsn.ZERO);
    byte[] raw = pages(pages.count());
    return Frame.encodePages(unstamped, 0, hot, PAGE_SIZE, pages, raw, 0, raw.length);
  }

  static TransactionRecord transaction(int number) {
    return new TransactionRecord(
        new IdempotencyKey(0xABCDEF, number), hash("content " + number), TIME, "ada", "note");
  }

  static CommitDraft draft() {
    return new CommitDraft(
        VOLUME,
        PAGE_SIZE,
        new Lsn(7),
        new PageCount(40),
        new PageCount(30),
        hash("parent"),
        TIME,
        new Lsn(5),
        List.of(transaction(1), transaction(2)));
  }

  static Commit inlineCommit() {
    byte[] hot = frame(true, PageRuns.of(1, 1));
    byte[] cold = frame(false, new PageRuns.Builder().add(3, 2).add(9).build());
    return Commit.assemble(draft(), List.of(hot, cold), PageSet.of(5, 6));
  }

  static Commit segmentCommit() {
    Segment segment = segment();
    return Commit.of(
        draft(),
        new RootPlace.Inline(root(segment)),
        new SegmentTable.Inline(List.of(SegmentEntry.of(segment))));
  }

  static Commit largeCommit() {
    FrameOwner owner = new FrameOwner.InSegment(VOLUME, SEGMENT);
    SegmentEntry last = new SegmentEntry(SEGMENT, 1_000_000, hash("segment"));
    return Commit.of(
        draft(),
        new RootPlace.InFrame(new FrameRef(owner, 800, 900_000, 5_000), hash("root")),
        new SegmentTable.External(last, new FrameRef(owner, 801, 905_000, 2_000), hash("table")));
  }

  static Commit forkCommit() {
    CommitDraft draft =
        new CommitDraft(
            VOLUME,
            PAGE_SIZE,
            new Lsn(1),
            new PageCount(40),
            PageCount.ZERO,
            fork().hash(),
            TIME,
            Lsn.ZERO,
            List.of(transaction(1)));
    return Commit.of(
        draft,
        new RootPlace.OfFork(
            new VolumeId(5, 6), new Position(new Lsn(9), hash("nine")), CHECKPOINT, hash("root")),
        SegmentTable.Inline.NONE);
  }

  static Segment segment() {
    byte[] raw = pages(4);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(VOLUME, SEGMENT, PAGE_SIZE, encoder);
      writer.addPages(true, PageRuns.of(1, 1), raw, 0, 512);
      writer.addPages(false, new PageRuns.Builder().add(2, 3).add(40).build(), raw, 0, raw.length);
      writer.addMeta(FrameKind.LEAF, Arrays.copyOf(raw, 300));
      return writer.finish();
    }
  }

  static Root root(Segment segment) {
    var entries = segment.footer().entries();
    return Root.builder(new PageCount(40), new PageCount(30))
        .addFrame(entries.get(0).ref(), true, entries.get(0).pages())
        .addFrame(entries.get(1).ref(), false, entries.get(1).pages())
        .build();
  }

  static Rollup rollup() {
    return new Rollup(
        VOLUME,
        0,
        1,
        2,
        new Position(new Lsn(65), hash("65")),
        TIME,
        new Position(new Lsn(96), hash("96")),
        TIME.plusSeconds(60),
        root(segment()),
        SegmentEntry.of(segment()));
  }

  static Checkpoint checkpoint() {
    return new Checkpoint(
        VOLUME, CHECKPOINT, new Position(new Lsn(1024), hash("1024")), TIME, root(segment()));
  }

  static StateRecord state() {
    return new StateRecord(
        VOLUME,
        3,
        1,
        new Lsn(64),
        Duration.ofDays(7),
        List.of(
            new StateRecord.KeptCheckpoint(
                new CheckpointId(1, 2), new Position(new Lsn(64), hash("64"))),
            new StateRecord.KeptCheckpoint(CHECKPOINT, new Position(new Lsn(1024), hash("1024")))),
        List.of(new Lsn(70), new Lsn(90)),
        false,
        List.of(new VolumeId(8, 8)),
        TIME);
  }

  static LogEnd logEnd() {
    return new LogEnd(VOLUME, new Lsn(9), TIME);
  }

  static Hash hash(String text) {
    return Hash.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
