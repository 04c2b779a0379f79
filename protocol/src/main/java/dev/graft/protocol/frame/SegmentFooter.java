package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a segment: what each of its frames holds and where it lies, so that a segment can be
 * checked and salvaged without a commit.
 *
 * @param owner the segment
 * @param pageSize of its volume
 * @param entries one for each frame, by number, without gaps between the frames
 */
public record SegmentFooter(
    FrameOwner.InSegment owner, PageSize pageSize, List<FooterEntry> entries) {
  /** The last bytes of a segment, from which {@link #lengthBytes} is known. */
  public static final int TRAILER_BYTES = 14;

  /** Read that much from a segment's end first: the footer of most is within it. */
  public static final int FIRST_READ_BYTES = 64 * 1024;

  static final int KIND = 'F';
  static final int VERSION = 1;

  /** Kind, flags, length, raw length, checksum, length of the page set. */
  private static final int MIN_ENTRY_BYTES = 1 + 1 + 1 + 1 + 4 + 1;

  private static final int FIXED_BYTES = 16 + 16 + 1 + 1 + TRAILER_BYTES;
  private static final int MAX_PAGE_SET_BYTES = 64 * 1024;

  public SegmentFooter {
    entries = List.copyOf(entries);
  }

  /** An upper bound of what one more frame adds to the footer. */
  static int maxEntryBytes(int pages) {
    // A page set spends most on pages that share no upper bytes; a test holds the bound.
    return 64 + pages * 32;
  }

  /** Appends what the footer says of one frame. */
  static void encodeEntry(WireWriter out, FooterEntry entry) {
    out.u8(entry.kind().tag()).u8(entry.hot() ? FrameHeader.HOT_FLAG : 0);
    out.varint(entry.ref().lengthBytes()).varint(entry.rawBytes()).u32(entry.crc32c());
    out.prefixed(entry.pages().isEmpty() ? new byte[0] : entry.pages().toBytes());
  }

  /** The pages of a frame as a set. */
  static PageSet pageSet(PageRuns pages) {
    PageSet.Builder set = PageSet.builder();
    pages.forEachRun((first, count) -> set.addRange(first, first + count - 1));
    return set.build();
  }

  /** Appends a whole footer, whose entries are encoded already. */
  static void encode(
      WireWriter out, FrameOwner.InSegment owner, PageSize pageSize, int frames, byte[] entries) {
    int start = out.size();
    out.volume(owner.volume()).segment(owner.segment()).u8(pageSize.log2());
    out.varint(frames).bytes(entries);
    out.u32(out.size() - start + TRAILER_BYTES).header(KIND, VERSION).sealFrom(start);
  }

  /**
   * How long the footer is, trailer included. Not proved yet: {@link #decode} proves it.
   *
   * @param segmentEnd the last bytes of the segment, at least {@link #TRAILER_BYTES}
   * @param totalBytes the length of the whole segment
   */
  public static int lengthBytes(
      VolumeId volume, SegmentId segment, byte[] segmentEnd, long totalBytes) {
    String name = "the footer of " + ObjectNames.segment(volume, segment);
    return lengthBytes(name, segmentEnd, totalBytes);
  }

  private static int lengthBytes(String name, byte[] segmentEnd, long totalBytes) {
    WireReader in = new WireReader(name, segmentEnd);
    if (segmentEnd.length < TRAILER_BYTES) {
      throw in.corrupt("its segment ends after " + segmentEnd.length + " bytes");
    }
    in = new WireReader(name, segmentEnd, segmentEnd.length - TRAILER_BYTES, TRAILER_BYTES);
    int length = in.u32();
    if (length < FIXED_BYTES || length > totalBytes - Segment.HEADER_BYTES) {
      throw in.corrupt("a footer of " + length + " bytes is not in a segment of " + totalBytes);
    }
    return length;
  }

  /**
   * Proves and reads a footer.
   *
   * @param segmentEnd the last bytes of the segment, the whole footer among them
   * @param totalBytes the length of the whole segment
   * @throws GraftException.Corrupt when it is not exactly the footer of that segment
   */
  public static SegmentFooter decode(
      VolumeId volume, SegmentId segment, byte[] segmentEnd, long totalBytes) {
    String name = "the footer of " + ObjectNames.segment(volume, segment);
    int length = lengthBytes(name, segmentEnd, totalBytes);
    if (length > segmentEnd.length) {
      throw new GraftException.Corrupt(
          name + " has " + length + " bytes and only " + segmentEnd.length + " were read");
    }
    int start = segmentEnd.length - length;
    // The trailer's magic and version stand before the checksum that proves them.
    WireReader.sealed(name, segmentEnd, start, length);
    new WireReader(name, segmentEnd, segmentEnd.length - 10, 6).header(KIND, VERSION);
    WireReader in = new WireReader(name, segmentEnd, start, length - TRAILER_BYTES);
    FrameOwner.InSegment owner = new FrameOwner.InSegment(in.volume(), in.segment());
    if (!owner.volume().equals(volume) || !owner.segment().equals(segment)) {
      throw in.corrupt("it is the footer of " + owner);
    }
    int log2 = in.u8();
    if (log2 < 9 || log2 > 16) {
      throw in.corrupt("page size 2^" + log2 + " cannot be");
    }
    PageSize pageSize = PageSize.ofLog2(log2);
    List<FooterEntry> entries = entries(in, owner, pageSize, totalBytes - length);
    return new SegmentFooter(owner, pageSize, entries);
  }

  private static List<FooterEntry> entries(
      WireReader in, FrameOwner.InSegment owner, PageSize pageSize, long framesEnd) {
    int count = in.count("frame count", Segment.MAX_FRAMES, MIN_ENTRY_BYTES);
    List<FooterEntry> entries = new ArrayList<>(count);
    long offset = Segment.HEADER_BYTES;
    for (int number = 0; number < count; number++) {
      FooterEntry entry = entry(in, owner, number, offset);
      if (entry.kind() == FrameKind.PAGES
          && entry.pages().cardinality() * pageSize.bytes() != entry.rawBytes()) {
        throw in.corrupt("frame " + number + " has not the bytes of its pages");
      }
      entries.add(entry);
      offset += entry.ref().lengthBytes();
    }
    in.expectEnd();
    if (offset != framesEnd) {
      throw in.corrupt("its frames end at byte " + offset + " and not at " + framesEnd);
    }
    return entries;
  }

  private static FooterEntry entry(
      WireReader in, FrameOwner.InSegment owner, int number, long offset) {
    FrameKind kind = FrameHeader.kind(in, in.u8());
    int flags = in.u8();
    if ((flags & ~FrameHeader.HOT_FLAG) != 0) {
      throw in.corrupt("flags " + flags + " are not known");
    }
    int length = in.varintInt("frame length", FrameHeader.MIN_FRAME_BYTES, Segment.MAX_BYTES);
    int rawBytes = in.varintInt("raw length", 1, kind.maxRawBytes());
    int crc32c = in.u32();
    byte[] pages = in.prefixed("page set", MAX_PAGE_SET_BYTES);
    try {
      return new FooterEntry(
          new FrameRef(owner, number, offset, length),
          kind,
          flags == FrameHeader.HOT_FLAG,
          rawBytes,
          crc32c,
          pages.length == 0 ? PageSet.empty() : PageSet.decode(pages));
    } catch (GraftException.Misuse | GraftException.Corrupt e) {
      throw in.corrupt("frame " + number + ": " + e.getMessage());
    }
  }
}
