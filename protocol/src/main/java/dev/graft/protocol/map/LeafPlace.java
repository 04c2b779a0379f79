package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;

/** Where a leaf is to be had. */
public sealed interface LeafPlace {
  /** Right here. */
  record Inline(Leaf leaf) implements LeafPlace {}

  /**
   * In a frame of a segment.
   *
   * @param ref the frame
   * @param crc32c of the encoded leaf: its own last four bytes
   * @param encodedBytes its length
   */
  record InFrame(FrameRef ref, int crc32c, int encodedBytes) implements LeafPlace {
    public InFrame {
      if (encodedBytes < 1 || encodedBytes > Leaf.MAX_ENCODED_BYTES) {
        throw new GraftException.Misuse("a leaf of " + encodedBytes + " bytes cannot be");
      }
    }

    /** The place of an encoded leaf. */
    public static InFrame of(FrameRef ref, byte[] encoded) {
      return new InFrame(ref, Seal.of(encoded), encoded.length);
    }

    /**
     * Reads the leaf from the frame's content.
     *
     * @throws GraftException.Corrupt when it is not the leaf that was named
     */
    public Leaf open(byte[] content) {
      Leaf leaf = Leaf.decode(content);
      if (content.length != encodedBytes || Seal.of(content) != crc32c) {
        throw new GraftException.Corrupt("frame " + ref + " holds another leaf than was named");
      }
      return leaf;
    }
  }
}
