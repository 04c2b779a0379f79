package dev.graft.protocol.frame;

/** What the content of a frame is. */
public enum FrameKind {
  /** Pages of the volume, in index order. */
  PAGES(1, Frame.MAX_PAGES_BYTES),
  /** An encoded leaf of a page map. */
  LEAF(2, Frame.MAX_MAP_BYTES),
  /** An encoded branch of a page map. */
  BRANCH(3, Frame.MAX_MAP_BYTES),
  /** An encoded root of a page map. */
  ROOT(4, Frame.MAX_MAP_BYTES),
  /** The segments of a commit that has too many for its header. */
  SEGMENT_TABLE(5, Frame.MAX_TABLE_BYTES);

  private final int tag;
  private final int maxRawBytes;

  FrameKind(int tag, int maxRawBytes) {
    this.tag = tag;
    this.maxRawBytes = maxRawBytes;
  }

  /** The byte that stands for it in a frame. */
  int tag() {
    return tag;
  }

  /** The most content that a frame of this kind may have, in bytes. */
  public int maxRawBytes() {
    return maxRawBytes;
  }
}
