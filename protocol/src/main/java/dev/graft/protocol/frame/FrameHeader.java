package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/**
 * What a frame says of itself in the clear. The constructor holds the invariants, so that what is
 * written and what is read obey the same ones.
 *
 * @param kind what the content is
 * @param codec how it is stored
 * @param hot whether its pages are worth fetching before anybody asks
 * @param pageSize of the volume
 * @param owner the object that it lies in
 * @param number its number there, from 0
 * @param rawBytes the length of the content
 * @param storedBytes the length of the content as stored
 * @param pages its pages; none unless the kind is {@link FrameKind#PAGES}
 */
public record FrameHeader(
    FrameKind kind,
    Codec codec,
    boolean hot,
    PageSize pageSize,
    FrameOwner owner,
    int number,
    int rawBytes,
    int storedBytes,
    PageRuns pages) {
  /** The format version that this release writes, and the newest it reads. */
  static final int VERSION = 1;

  static final int HOT_FLAG = 1;
  static final int TAG_SEGMENT = 1;
  static final int TAG_COMMIT = 2;

  /** Version, kind, codec, flags, page size: what lies before the owner. */
  static final int BYTES_BEFORE_OWNER = 5;

  /** The fixed part with the shorter owner, an empty list of runs and the checksum. */
  static final int MIN_FRAME_BYTES = BYTES_BEFORE_OWNER + 1 + 16 + 8 + 2 + 4 + 4 + 1 + 4;

  public FrameHeader {
    if (number < 0 || number > Frame.MAX_NUMBER) {
      throw new GraftException.Misuse(
          "frame number " + number + " is not in 0.." + Frame.MAX_NUMBER);
    }
    if (rawBytes < 1 || rawBytes > kind.maxRawBytes()) {
      throw new GraftException.Misuse(
          rawBytes
              + " bytes do not fit a frame of kind "
              + kind
              + ", which has 1.."
              + kind.maxRawBytes());
    }
    if (codec == Codec.RAW ? storedBytes != rawBytes : storedBytes < 1 || storedBytes >= rawBytes) {
      throw new GraftException.Misuse(
          "a content of " + rawBytes + " bytes is not stored in " + storedBytes + " as " + codec);
    }
    if (kind == FrameKind.PAGES
        ? (long) pages.count() * pageSize.bytes() != rawBytes
        : pages.count() != 0 || hot) {
      throw new GraftException.Misuse(
          pages.count()
              + " pages of "
              + pageSize
              + " bytes are not the "
              + rawBytes
              + " bytes of a frame of kind "
              + kind);
    }
  }

  /** Appends the encoded form. */
  void encode(WireWriter out) {
    out.u8(VERSION).u8(kind.tag()).u8(codec.tag()).u8(hot ? HOT_FLAG : 0).u8(pageSize.log2());
    encodeOwner(out, owner);
    out.u16(number).u32(rawBytes).u32(storedBytes);
    pages.encode(out);
  }

  static void encodeOwner(WireWriter out, FrameOwner owner) {
    switch (owner) {
      case FrameOwner.InSegment in -> out.u8(TAG_SEGMENT).volume(in.volume()).segment(in.segment());
      case FrameOwner.InCommit in -> out.u8(TAG_COMMIT).volume(in.volume()).u64(in.lsn().value());
    }
  }

  /** Reads the encoded form, the checksum being proved already. */
  static FrameHeader decode(String object, WireReader in) {
    int version = in.u8();
    if (version > VERSION) {
      throw new GraftException.Misuse(
          object
              + " is of format version "
              + version
              + "; this program reads up to "
              + VERSION
              + ": use a newer release");
    }
    if (version == 0) {
      throw in.corrupt("format version 0 does not exist");
    }
    FrameKind kind = kind(in, in.u8());
    Codec codec = codec(in, in.u8());
    int flags = in.u8();
    int log2 = in.u8();
    if ((flags & ~HOT_FLAG) != 0 || log2 < 9 || log2 > 16) {
      throw in.corrupt("flags " + flags + " or page size 2^" + log2 + " cannot be");
    }
    PageSize pageSize = PageSize.ofLog2(log2);
    FrameOwner owner = decodeOwner(in);
    int number = in.u16();
    int rawBytes = in.u32();
    int storedBytes = in.u32();
    int maxPages = kind == FrameKind.PAGES ? Frame.MAX_PAGES_BYTES / pageSize.bytes() : 0;
    PageRuns pages = PageRuns.decode(in, maxPages);
    try {
      return new FrameHeader(
          kind, codec, flags == HOT_FLAG, pageSize, owner, number, rawBytes, storedBytes, pages);
    } catch (GraftException.Misuse e) {
      throw in.corrupt(String.valueOf(e.getMessage()));
    }
  }

  private static FrameOwner decodeOwner(WireReader in) {
    int tag = in.u8();
    VolumeId volume = in.volume();
    return switch (tag) {
      case TAG_SEGMENT -> new FrameOwner.InSegment(volume, new SegmentId(in.u64(), in.u64()));
      case TAG_COMMIT -> new FrameOwner.InCommit(volume, new Lsn(in.u64()));
      default -> throw in.corrupt("owner tag " + tag + " is not known");
    };
  }

  static FrameKind kind(WireReader in, int tag) {
    return switch (tag) {
      case 1 -> FrameKind.PAGES;
      case 2 -> FrameKind.LEAF;
      case 3 -> FrameKind.BRANCH;
      case 4 -> FrameKind.ROOT;
      case 5 -> FrameKind.SEGMENT_TABLE;
      default -> throw in.corrupt("frame kind " + tag + " is not known");
    };
  }

  private static Codec codec(WireReader in, int tag) {
    return switch (tag) {
      case 0 -> Codec.RAW;
      case 1 -> Codec.ZSTD;
      default -> throw in.corrupt("codec " + tag + " is not known");
    };
  }
}
