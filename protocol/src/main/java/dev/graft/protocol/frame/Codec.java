package dev.graft.protocol.frame;

/** How the content of a frame is stored. */
public enum Codec {
  /** As it is. */
  RAW(0),
  /** One zstd frame that states its content size. */
  ZSTD(1);

  private final int tag;

  Codec(int tag) {
    this.tag = tag;
  }

  /** The byte that stands for it in a frame. */
  int tag() {
    return tag;
  }
}
