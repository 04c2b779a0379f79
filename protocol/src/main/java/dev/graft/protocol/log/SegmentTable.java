package dev.graft.protocol.log;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import java.util.List;

/** The new segments of a commit. */
public sealed interface SegmentTable {
  /** At most this many segments stand in the commit header itself. */
  int MAX_INLINE = 16;

  /** No more than {@link #MAX_INLINE} segments; none when the commit is inline. */
  record Inline(List<SegmentEntry> segments) implements SegmentTable {}

  /**
   * The table is a frame of the last segment, which itself stands here.
   *
   * @param last the segment that holds the table
   * @param table the frame
   * @param sha256 of the table's content
   */
  record External(SegmentEntry last, FrameRef table, Hash sha256) implements SegmentTable {}
}
