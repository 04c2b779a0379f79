package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes one segment into one growing array. For one thread at a time; many writers, one after the
 * other, may share one encoder.
 */
public final class SegmentWriter {
  private final FrameOwner.InSegment owner;
  private final PageSize pageSize;
  private final FrameEncoder encoder;
  private final WireWriter out;
  private final WireWriter footer = new WireWriter(16 * 1024);
  private final List<FooterEntry> entries = new ArrayList<>();

  /** Begins a segment. The encoder is lent, not owned. */
  public SegmentWriter(
      VolumeId volume, SegmentId segment, PageSize pageSize, FrameEncoder encoder) {
    this(volume, segment, pageSize, encoder, 256 * 1024);
  }

  /**
   * Begins a segment whose length is about known.
   *
   * @param expectedBytes room to take at once
   */
  public SegmentWriter(
      VolumeId volume,
      SegmentId segment,
      PageSize pageSize,
      FrameEncoder encoder,
      int expectedBytes) {
    this.owner = new FrameOwner.InSegment(volume, segment);
    this.pageSize = pageSize;
    this.encoder = encoder;
    this.out = new WireWriter(Math.min(expectedBytes, Segment.MAX_BYTES));
    Segment.encodeHeader(out, owner, pageSize);
  }

  /** The segment's id. */
  public SegmentId id() {
    return owner.segment();
  }

  /** How many frames so far. */
  public int frameCount() {
    return entries.size();
  }

  /** How long the segment would be if it were finished now, or a few bytes less. */
  public int lengthBytes() {
    return out.size() + footer.size() + 64;
  }

  /** Whether a frame with that much content is sure to fit, however badly it compresses. */
  public boolean fits(int rawBytes) {
    return fitsFrame(rawBytes + Frame.MAX_OVERHEAD_BYTES, PageRuns.MAX_PAGES);
  }

  private boolean fitsFrame(int frameBytes, int pages) {
    return entries.size() < Segment.MAX_FRAMES
        && (long) lengthBytes() + frameBytes + SegmentFooter.maxEntryBytes(pages)
            <= Segment.MAX_BYTES;
  }

  /**
   * Adds a frame of pages.
   *
   * @param pages which pages, as many as {@code length} holds
   * @param raw holds them one after the other
   * @return the frame's place
   * @throws GraftException.Limit when it may not fit; the segment is as before
   */
  public FrameRef addPages(boolean hot, PageRuns pages, byte[] raw, int offset, int length) {
    return encode(FrameKind.PAGES, hot, pages, raw, offset, length);
  }

  /**
   * Adds a part of a map or a segment table.
   *
   * @return the frame's place
   * @throws GraftException.Limit when it may not fit; the segment is as before
   */
  public FrameRef addMeta(FrameKind kind, byte[] content) {
    if (kind == FrameKind.PAGES) {
      throw new GraftException.Misuse("a frame of pages needs their indexes");
    }
    return encode(kind, false, PageRuns.NONE, content, 0, content.length);
  }

  /**
   * Adds a frame that was encoded for another object; nothing is compressed anew.
   *
   * @return the frame's place
   * @throws GraftException.Corrupt when the bytes are no whole frame
   * @throws GraftException.Misuse when its page size is another
   * @throws GraftException.Limit when it may not fit; the segment is as before
   */
  public FrameRef addFrame(byte[] frame, int offset, int length) {
    requireRoom(length + 16, PageRuns.MAX_PAGES);
    FrameHeader old = Frame.header("a frame of " + length + " bytes", frame, offset, length);
    if (!old.pageSize().equals(pageSize)) {
      throw new GraftException.Misuse(
          "a frame with pages of "
              + old.pageSize()
              + " bytes is not for a segment with pages of "
              + pageSize);
    }
    int start = out.size();
    return list(Frame.restamp(out, frame, offset, length, owner, frameCount()), start);
  }

  private FrameRef encode(
      FrameKind kind, boolean hot, PageRuns pages, byte[] raw, int offset, int length) {
    requireRoom(length + Frame.MAX_OVERHEAD_BYTES, pages.count());
    int start = out.size();
    return list(
        encoder.encode(out, kind, hot, pageSize, owner, frameCount(), pages, raw, offset, length),
        start);
  }

  private void requireRoom(int frameBytes, int pages) {
    if (!fitsFrame(frameBytes, pages)) {
      throw new GraftException.Limit(
          "segment "
              + owner.segment()
              + " is full: it has "
              + lengthBytes()
              + " bytes in "
              + entries.size()
              + " frames; begin another");
    }
  }

  private FrameRef list(FrameHeader header, int start) {
    int length = out.size() - start;
    int crc32c = out.lastU32();
    FrameRef ref = new FrameRef(owner, header.number(), start, length);
    FooterEntry entry =
        new FooterEntry(
            ref,
            header.kind(),
            header.hot(),
            header.rawBytes(),
            crc32c,
            SegmentFooter.pageSet(header.pages()));
    SegmentFooter.encodeEntry(footer, entry);
    entries.add(entry);
    return ref;
  }

  /** Ends the segment with its footer; the writer is of no use afterwards. */
  public Segment finish() {
    if (entries.isEmpty()) {
      throw new GraftException.Misuse("segment " + owner.segment() + " would have no frame");
    }
    SegmentFooter.encode(out, owner, pageSize, entries.size(), footer.toBytes());
    byte[] bytes = out.toBytes();
    return new Segment(bytes, Hash.sha256(bytes), new SegmentFooter(owner, pageSize, entries));
  }
}
