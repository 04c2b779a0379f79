package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/**
 * A segment as a commit, rollup or checkpoint names it.
 *
 * @param id its id
 * @param lengthBytes of the whole object
 * @param sha256 of the whole object
 */
public record SegmentEntry(SegmentId id, int lengthBytes, Hash sha256) {
  static final int ENCODED_BYTES = 16 + 4 + Hash.LENGTH;

  public SegmentEntry {
    if (lengthBytes < 1 || lengthBytes > Segment.MAX_BYTES) {
      throw new GraftException.Misuse(
          "segment " + id + " cannot have " + lengthBytes + " bytes: 1.." + Segment.MAX_BYTES);
    }
  }

  /** The entry of a whole segment. */
  public static SegmentEntry of(Segment segment) {
    return new SegmentEntry(segment.id(), segment.bytes().length, segment.sha256());
  }

  void encode(WireWriter out) {
    out.segment(id).u32(lengthBytes).hash(sha256);
  }

  static SegmentEntry decode(WireReader in) {
    return new SegmentEntry(in.segment(), in.u32(), in.hash());
  }
}
