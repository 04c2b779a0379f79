package dev.graft.engine;

import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FramePacker;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one test commit writes, and the requests that come of it. */
final class Writes {
  /** One for all tests: it costs more than what it encodes. Guarded by itself. */
  private static final FrameEncoder ENCODER = new FrameEncoder();

  final SortedMap<Long, byte[]> pages = new TreeMap<>();
  final TreeMap<Long, Boolean> hot = new TreeMap<>();
  final TreeMap<Long, Boolean> cleared = new TreeMap<>();
  long count;
  long smallest;

  Writes(long count, long smallest) {
    this.count = count;
    this.smallest = smallest;
  }

  static Writes of(long count, long smallest, long page, byte[] bytes) {
    Writes writes = new Writes(count, smallest);
    writes.pages.put(page, bytes);
    return writes;
  }

  /** A page of bytes that tell of a number, and compress. */
  static byte[] page(PageSize size, long tag) {
    byte[] bytes = new byte[size.bytes()];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (tag >>> (8 * i));
    }
    bytes[100] = 1;
    return bytes;
  }

  static TransactionRecord transaction(IdSource ids, Instant time) {
    return new TransactionRecord(
        ids.newIdempotencyKey(), Hash.sha256(new byte[] {1}), time, "tester", "");
  }

  PageSet clearedSet() {
    PageSet.Builder set = PageSet.builder();
    cleared.keySet().forEach(set::add);
    return set.build();
  }

  private interface FrameSink {
    void frame(boolean hot, PageRuns pages, byte[] raw, int length);
  }

  private void pack(PageSize size, FrameSink sink) {
    FramePacker packer = new FramePacker(size, sink::frame);
    pages.forEach((page, bytes) -> packer.add(page, hot.containsKey(page), bytes, 0));
    packer.flush();
  }

  CommitRequest inline(
      VolumeId volume, PageSize size, Position base, List<TransactionRecord> transactions) {
    List<byte[]> frames = new ArrayList<>();
    FrameOwner owner = new FrameOwner.InCommit(volume, Lsn.ZERO);
    synchronized (ENCODER) {
      pack(
          size,
          (isHot, runs, raw, length) ->
              frames.add(
                  ENCODER.encodePages(owner, frames.size(), isHot, size, runs, raw, 0, length)));
    }
    return request(
        volume, base, transactions, new CommitRequest.Content.Inline(frames, clearedSet()));
  }

  /** A segment with the pages, and the map that names them there. */
  record InSegment(Segment segment, Root root) {
    SegmentEntry entry() {
      return new SegmentEntry(segment.id(), segment.bytes().length, segment.sha256());
    }
  }

  InSegment segment(VolumeId volume, PageSize size, SegmentId id) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(volume, id, size, encoder);
      RootBuilder root = Root.builder(new PageCount(count), new PageCount(smallest));
      pack(
          size,
          (isHot, runs, raw, length) -> {
            FrameRef ref = writer.addPages(isHot, runs, raw, 0, length);
            runs.forEachRun((first, n) -> root.addFrame(ref, isHot, first, first + n - 1));
          });
      return new InSegment(writer.finish(), root.clear(clearedSet()).build());
    }
  }

  CommitRequest segments(
      VolumeId volume, Position base, List<TransactionRecord> transactions, InSegment segment) {
    return request(
        volume,
        base,
        transactions,
        new CommitRequest.Content.Segments(
            new RootPlace.Inline(segment.root()),
            new SegmentTable.Inline(List.of(segment.entry()))));
  }

  CommitRequest request(
      VolumeId volume,
      Position base,
      List<TransactionRecord> transactions,
      CommitRequest.Content content) {
    return new CommitRequest(
        volume,
        base,
        base.lsn(),
        new PageCount(count),
        new PageCount(smallest),
        transactions,
        content);
  }
}
