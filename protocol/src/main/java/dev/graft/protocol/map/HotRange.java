package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;

/**
 * A range of bytes that holds hot frames with live pages: worth fetching before anybody asks.
 *
 * @param owner the object
 * @param offsetBytes of the first frame
 * @param lengthBytes of all its frames
 */
public record HotRange(FrameOwner owner, long offsetBytes, int lengthBytes) {
  /** A root lists no more ranges. */
  public static final int MAX_RANGES = 64;

  /** The ranges of a root are together no longer: 4 MiB. */
  public static final int MAX_TOTAL_BYTES = 4 << 20;

  public HotRange {
    if (offsetBytes < 0
        || lengthBytes <= 0
        || lengthBytes > MAX_TOTAL_BYTES
        || offsetBytes > FrameRef.MAX_OBJECT_BYTES - lengthBytes) {
      throw new GraftException.Misuse(
          "a hot range of " + lengthBytes + " bytes at " + offsetBytes + " cannot be");
    }
  }

  /** The range of one frame. */
  public static HotRange of(FrameRef frame) {
    return new HotRange(frame.owner(), frame.offsetBytes(), frame.lengthBytes());
  }

  /** Where the next byte would be. */
  public long endBytes() {
    return offsetBytes + lengthBytes;
  }

  /** Whether both lie in one object and overlap or touch. */
  boolean meets(HotRange other) {
    return offsetBytes <= other.endBytes()
        && other.offsetBytes <= endBytes()
        && owner.equals(other.owner);
  }

  /** Whether the frame lies within. */
  boolean covers(FrameRef frame) {
    return offsetBytes <= frame.offsetBytes()
        && frame.offsetBytes() + frame.lengthBytes() <= endBytes()
        && owner.equals(frame.owner());
  }
}
