package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameRef;

/** Where a leaf is to be had. */
public sealed interface LeafPlace {
  /** Right here. */
  record Inline(Leaf leaf) implements LeafPlace {}

  /**
   * In a frame of a segment.
   *
   * @param ref the frame
   * @param crc32c of the encoded leaf
   * @param encodedBytes its length
   */
  record InFrame(FrameRef ref, int crc32c, int encodedBytes) implements LeafPlace {}
}
