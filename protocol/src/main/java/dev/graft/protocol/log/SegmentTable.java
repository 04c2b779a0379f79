package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** The new segments of a commit. */
public sealed interface SegmentTable {
  /** At most this many segments stand in the commit header itself. */
  int MAX_INLINE = 16;

  /** At most this many segments stand in a table that is a frame. */
  int MAX_EXTERNAL = 65_536;

  /** No more than {@link #MAX_INLINE} segments; none when the commit is inline. */
  record Inline(List<SegmentEntry> segments) implements SegmentTable {
    /** No segments. */
    public static final Inline NONE = new Inline(List.of());

    public Inline {
      segments = List.copyOf(segments);
      if (segments.size() > MAX_INLINE) {
        throw new GraftException.Limit(
            segments.size() + " segments do not fit a commit header, which has " + MAX_INLINE);
      }
    }
  }

  /**
   * The table is a frame of the last segment, which itself stands here.
   *
   * @param last the segment that holds the table
   * @param table the frame
   * @param sha256 of the table's content
   */
  record External(SegmentEntry last, FrameRef table, Hash sha256) implements SegmentTable {}

  /**
   * The content of a table that is a frame: all the new segments but the one that holds it.
   *
   * @throws GraftException.Limit when there are more than {@link #MAX_EXTERNAL}
   */
  static byte[] encodeContent(List<SegmentEntry> segments) {
    if (segments.size() > MAX_EXTERNAL) {
      throw new GraftException.Limit(
          segments.size() + " segments do not fit one commit, which has " + MAX_EXTERNAL);
    }
    WireWriter out = new WireWriter(8 + segments.size() * SegmentEntry.ENCODED_BYTES);
    entries(out, segments);
    return out.toBytes();
  }

  /**
   * Reads the content of a table that is a frame.
   *
   * @param name what the bytes are, for messages
   */
  static List<SegmentEntry> decodeContent(String name, byte[] content) {
    WireReader in = new WireReader(name, content);
    List<SegmentEntry> segments = Fields.checked(in, () -> entries(in, MAX_EXTERNAL));
    in.expectEnd();
    return segments;
  }

  /** Appends the encoded form, see {@code docs/formats.md}, "Commit". */
  static void encode(WireWriter out, VolumeId volume, SegmentTable table) {
    switch (table) {
      case Inline(List<SegmentEntry> segments) -> entries(out.u8(0), segments);
      case External(SegmentEntry last, FrameRef frame, Hash sha256) -> {
        last.encode(out.u8(1));
        Fields.segmentFrame(out, volume, frame);
        out.hash(sha256);
      }
    }
  }

  /** Reads the encoded form. */
  static SegmentTable decode(WireReader in, VolumeId volume) {
    return Fields.flag(in, "segment table's place")
        ? new External(SegmentEntry.decode(in), Fields.segmentFrame(in, volume), in.hash())
        : new Inline(entries(in, MAX_INLINE));
  }

  private static void entries(WireWriter out, List<SegmentEntry> segments) {
    out.varint(segments.size());
    segments.forEach(segment -> segment.encode(out));
  }

  private static List<SegmentEntry> entries(WireReader in, int max) {
    int count = in.count("segment count", max, SegmentEntry.ENCODED_BYTES);
    List<SegmentEntry> segments = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      segments.add(SegmentEntry.decode(in));
    }
    return segments;
  }
}
