package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;

/** The fields that several records share, each written and read in one way. */
final class Fields {
  /** Times lie within 2^47 milliseconds of 1970: 4,459 years to either side. */
  private static final long MAX_MILLIS = 1L << 47;

  private Fields() {}

  /** The time as formats carry it: to the millisecond. */
  static Instant millis(Instant time) {
    Instant cut = time.truncatedTo(ChronoUnit.MILLIS);
    long seconds = cut.getEpochSecond();
    if (Math.abs(seconds) > MAX_MILLIS / 1000) {
      throw new GraftException.Misuse("time " + time + " is too far off");
    }
    return cut;
  }

  static void time(WireWriter out, Instant time) {
    out.u64(time.toEpochMilli());
  }

  static Instant time(WireReader in) {
    long millis = in.u64();
    if (millis > MAX_MILLIS || millis < -MAX_MILLIS) {
      throw in.corrupt("a time of " + millis + " ms is too far off");
    }
    return Instant.ofEpochMilli(millis);
  }

  static PageSize pageSize(WireReader in) {
    int log2 = in.u8();
    if (log2 < 9 || log2 > 16) {
      throw in.corrupt("page size 2^" + log2 + " is not in 2^9..2^16");
    }
    return PageSize.ofLog2(log2);
  }

  static PageCount pageCount(WireReader in) {
    return new PageCount(Integer.toUnsignedLong(in.u32()));
  }

  /** A frame of a segment of the record's own volume. */
  static void segmentFrame(WireWriter out, VolumeId volume, FrameRef frame) {
    if (!(frame.owner() instanceof FrameOwner.InSegment in) || !in.volume().equals(volume)) {
      throw new GraftException.Misuse(
          "frame " + frame + " is not of a segment of volume " + volume);
    }
    out.segment(in.segment()).u16(frame.number()).u32((int) frame.offsetBytes());
    out.u32(frame.lengthBytes());
  }

  static FrameRef segmentFrame(WireReader in, VolumeId volume) {
    FrameOwner owner = new FrameOwner.InSegment(volume, in.segment());
    int number = in.u16();
    return new FrameRef(owner, number, Integer.toUnsignedLong(in.u32()), in.u32());
  }

  static void root(WireWriter out, Root root, int maxBytes) {
    byte[] encoded = root.encode();
    if (encoded.length > maxBytes) {
      throw new GraftException.Limit(
          "a root of " + encoded.length + " bytes does not fit the limit of " + maxBytes);
    }
    out.prefixed(encoded);
  }

  static Root root(WireReader in, int maxBytes) {
    byte[] encoded = in.prefixed("root", maxBytes);
    try {
      return Root.decode(encoded);
    } catch (GraftException.Corrupt e) {
      throw in.corrupt("its root: " + e.getMessage());
    }
  }

  /** One byte: 0 or 1. */
  static boolean flag(WireReader in, String what) {
    int value = in.u8();
    if (value > 1) {
      throw in.corrupt(what + " is " + value + " and not 0 or 1");
    }
    return value == 1;
  }

  /**
   * Reads the fields of a record. A value that breaks an invariant is damage here, and not the
   * caller's misuse.
   */
  static <T> T checked(WireReader in, Supplier<T> fields) {
    try {
      return fields.get();
    } catch (GraftException.Misuse | GraftException.Limit e) {
      throw in.corrupt(String.valueOf(e.getMessage()));
    }
  }
}
