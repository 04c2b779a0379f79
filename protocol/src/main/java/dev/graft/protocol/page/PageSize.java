package dev.graft.protocol.page;

import dev.graft.protocol.error.GraftException;

/**
 * The size of a volume's pages, fixed for its life.
 *
 * @param bytes a power of two in 512..65536
 */
public record PageSize(int bytes) {
  /** What a volume has unless it is told otherwise: 4096 bytes. */
  public static final PageSize DEFAULT = new PageSize(4096);

  public PageSize {
    if (bytes < 512 || bytes > 65536 || Integer.bitCount(bytes) != 1) {
      throw new GraftException.Misuse(
          "page size " + bytes + " is not a power of two in 512..65536");
    }
  }

  /** The base-2 logarithm: 9..16. This is how formats carry it. */
  public int log2() {
    return Integer.numberOfTrailingZeros(bytes);
  }

  /** The page size with that base-2 logarithm. */
  public static PageSize ofLog2(int log2) {
    if (log2 < 9 || log2 > 16) {
      throw new GraftException.Corrupt("page size 2^" + log2 + " is not in 2^9..2^16");
    }
    return new PageSize(1 << log2);
  }

  @Override
  public String toString() {
    return Integer.toString(bytes);
  }
}
