package dev.graft.protocol.log;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.map.Root;

/** Where the root of a commit's map lies. */
public sealed interface RootPlace {
  /** In the commit header: encodes to at most 3 KiB. */
  record Inline(Root root) implements RootPlace {
    /** The most bytes that an inline root may have. */
    public static final int MAX_BYTES = 3 * 1024;
  }

  /**
   * A frame of one of the commit's new segments.
   *
   * @param frame its place
   * @param sha256 of the encoded root
   */
  record InFrame(FrameRef frame, Hash sha256) implements RootPlace {}
}
