package dev.graft.protocol.log;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentFooter;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * One format as the tests of all of them see it.
 *
 * @param name of its golden file
 * @param sample a fixed object of it
 * @param recode decodes and encodes again
 * @param reseal makes the checksums of damaged bytes right again, so that what lies behind them is
 *     tried
 */
record Format(
    String name, byte[] sample, UnaryOperator<byte[]> recode, UnaryOperator<byte[]> reseal) {
  static List<Format> all() {
    return List.of(
        volume("volume", Samples.volume()),
        volume("volume-fork", Samples.fork()),
        volume("volume-given-up", Samples.givenUp()),
        new Format(
            "pin",
            Samples.pin().encode(),
            bytes -> Pin.decode(Samples.NAME, new VolumeId(5, 6), Samples.VOLUME, bytes).encode(),
            Format::resealEnd),
        commit("commit-inline", Samples.inlineCommit()),
        commit("commit-segments", Samples.segmentCommit()),
        commit("commit-external", Samples.largeCommit()),
        commit("commit-fork", Samples.forkCommit()),
        new Format(
            "rollup",
            Samples.rollup().encode(),
            bytes -> Rollup.decode(Samples.NAME, Samples.VOLUME, 0, 1, 2, bytes).encode(),
            Format::resealEnd),
        new Format(
            "checkpoint",
            Samples.checkpoint().encode(),
            bytes ->
                Checkpoint.decode(Samples.NAME, Samples.VOLUME, Samples.CHECKPOINT, bytes).encode(),
            Format::resealEnd),
        new Format(
            "state",
            Samples.state().encode(),
            bytes -> StateRecord.decode(Samples.NAME, Samples.VOLUME, 3, bytes).encode(),
            Format::resealEnd),
        new Format(
            "log-end",
            Samples.logEnd().encode(),
            bytes -> LogEnd.decode(Samples.NAME, Samples.VOLUME, new Lsn(9), bytes).encode(),
            Format::resealEnd),
        frame("frame-pages", pagesFrame()),
        frame("frame-raw", rawFrame()),
        frame("frame-leaf", leafFrame()),
        new Format(
            "segment", Samples.segment().bytes(), Format::recodeSegment, Format::resealSegment));
  }

  static Format named(String name) {
    return all().stream().filter(format -> format.name.equals(name)).findFirst().orElseThrow();
  }

  private static Format volume(String name, VolumeRecord record) {
    return new Format(
        name,
        record.encode(),
        bytes -> VolumeRecord.decode(Samples.NAME, Samples.VOLUME, bytes).encode(),
        Format::resealEnd);
  }

  private static Format commit(String name, Commit commit) {
    Lsn lsn = commit.header().lsn();
    return new Format(
        name, commit.bytes(), bytes -> recodeCommit(lsn, bytes), Format::resealCommit);
  }

  /** Writes the header's fields anew, at the length that it had. */
  private static byte[] recodeCommit(Lsn lsn, byte[] bytes) {
    Commit commit = Commit.decode(Samples.NAME, Samples.VOLUME, lsn, bytes);
    CommitHeader header = commit.header();
    CommitHeader again =
        CommitHeader.encode(
            header.draft(),
            header.root(),
            header.segments(),
            header.inlineFramesBytes(),
            header.inlineFramesSha(),
            header.lengthBytes());
    byte[] whole = commit.bytes().clone();
    System.arraycopy(again.toBytes(), 0, whole, 0, again.lengthBytes());
    return whole;
  }

  private static Format frame(String name, byte[] sample) {
    FrameHeader header = Frame.header(name, sample, 0, sample.length);
    return new Format(
        name,
        sample,
        bytes -> {
          FrameRef ref =
              new FrameRef(header.owner(), header.number(), 0, Math.max(1, bytes.length));
          Frame.decode(bytes, 0, bytes.length, ref);
          return Frame.restamp(bytes, header.owner(), header.number());
        },
        Format::resealEnd);
  }

  private static byte[] pagesFrame() {
    byte[] raw = Samples.pages(4);
    PageRuns pages = new PageRuns.Builder().add(7).add(300, 2).add(0xFFFF_FFFFL).build();
    FrameOwner owner = new FrameOwner.InCommit(Samples.VOLUME, new Lsn(7));
    return Frame.encodePages(owner, 1, true, Samples.PAGE_SIZE, pages, raw, 0, raw.length);
  }

  private static byte[] rawFrame() {
    byte[] raw = new byte[512];
    new Random(1).nextBytes(raw);
    FrameOwner owner = new FrameOwner.InSegment(Samples.VOLUME, Samples.SEGMENT);
    return Frame.encodePages(
        owner, 300, false, Samples.PAGE_SIZE, PageRuns.of(1, 1), raw, 0, raw.length);
  }

  private static byte[] leafFrame() {
    FrameOwner owner = new FrameOwner.InSegment(Samples.VOLUME, Samples.SEGMENT);
    return Frame.encodeMeta(FrameKind.LEAF, owner, 2, PageSize.DEFAULT, leaf().encode());
  }

  private static Leaf leaf() {
    Root root = Samples.root(Samples.segment());
    return ((LeafPlace.Inline) root.layers(0).getFirst().place()).leaf();
  }

  private static byte[] recodeSegment(byte[] bytes) {
    SegmentFooter footer = Segment.verify(bytes, Samples.VOLUME, Samples.SEGMENT);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer =
          new SegmentWriter(Samples.VOLUME, Samples.SEGMENT, footer.pageSize(), encoder);
      footer
          .entries()
          .forEach(entry ->
              writer.addFrame(bytes, (int) entry.ref().offsetBytes(), entry.ref().lengthBytes()));
      return writer.finish().bytes();
    }
  }

  private static byte[] resealEnd(byte[] damaged) {
    byte[] bytes = damaged.clone();
    reseal(bytes, 0, bytes.length);
    return bytes;
  }

  private static byte[] resealCommit(byte[] damaged) {
    byte[] bytes = damaged.clone();
    if (bytes.length >= 8) {
      reseal(bytes, 0, (bytes[6] & 0xFF) << 8 | bytes[7] & 0xFF);
    }
    return bytes;
  }

  private static byte[] resealSegment(byte[] damaged) {
    byte[] bytes = damaged.clone();
    reseal(bytes, 0, Segment.HEADER_BYTES);
    int at = bytes.length - SegmentFooter.TRAILER_BYTES;
    if (at >= 0) {
      int footer = new WireReader("trailer", bytes, at, 4).u32();
      reseal(bytes, bytes.length - footer, footer);
    }
    return bytes;
  }

  private static void reseal(byte[] bytes, int offset, int length) {
    if (offset >= 0 && length >= 4 && length <= bytes.length - offset) {
      int content = length - 4;
      WireWriter.putU32(bytes, offset + content, WireWriter.crc32c(bytes, offset, content));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Format format
        && name.equals(format.name)
        && Arrays.equals(sample, format.sample);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
