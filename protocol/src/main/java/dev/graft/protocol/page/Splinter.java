package dev.graft.protocol.page;

/**
 * The words of the Splinter V2b format and the rule that gives every set one encoding.
 *
 * <p>A set is a tree of <i>partitions</i>. A partition of 32, 24, 16 or 8 bits holds numbers of
 * that many bits, written big-endian in {@code bits / 8} bytes, and is read from its end: the last
 * byte says its kind.
 *
 * <pre>
 * EMPTY, FULL  nothing                                              (EMPTY only as the whole set)
 * BITMAP       2^bits bits, bit i in byte i / 8 at 1 &lt;&lt; i % 8
 * VEC          values, count - 1
 * RUN          (first, last) pairs, count - 1
 * TREE         children, offsets, cumulative cardinalities - 1, segments, count - 1
 * </pre>
 *
 * A tree splits by the highest 8 bits, the <i>segment</i>; its children have 8 bits less. An offset
 * is the distance from the end of all children back to the end of this child. Segments are nothing
 * at all for 256 children, a list of bytes up to 32, else a bitmap of 32 bytes. After the root come
 * its CRC-64/NVME (little-endian) and 4 bytes of magic.
 */
final class Splinter {
  static final int EMPTY = 0;
  static final int FULL = 1;
  static final int BITMAP = 2;
  static final int VEC = 3;
  static final int RUN = 4;
  static final int TREE = 5;

  /** The last four bytes of every encoding, read as a big-endian number. */
  static final int MAGIC = 0x5911A7E2;

  static final int CRC_BYTES = 8;
  static final int FOOTER_BYTES = CRC_BYTES + 4;

  /** What {@link #pick} takes for the size of a tree that is not a choice. */
  static final long NO_TREE = Long.MAX_VALUE;

  /** Up to so many segments are a list; more are a bitmap of so many bytes. */
  static final int SEGMENT_LIST = 32;

  private Splinter() {}

  /** How many numbers fit a partition. */
  static long capacity(int bits) {
    return 1L << bits;
  }

  /** The low {@code bits} bits set. */
  static int mask(int bits) {
    return -1 >>> (32 - bits);
  }

  /** Bytes of a bitmap without its kind. */
  static int bitmapBytes(int bits) {
    return 1 << (bits - 3);
  }

  private static long vecBytes(int bits, long count) {
    return (count + 1) * (bits >>> 3);
  }

  /** Size of a VEC of {@code count} values with its kind. */
  static long vecSize(int bits, long count) {
    return vecBytes(bits, count) + 1;
  }

  /** Size of a RUN of {@code runs} runs with its kind. */
  static long runSize(int bits, long runs) {
    return (2 * runs + 1) * (bits >>> 3) + 1;
  }

  /** Size of a BITMAP with its kind. */
  static long bitmapSize(int bits) {
    return bitmapBytes(bits) + 1L;
  }

  /** Bytes that name {@code children} segments. */
  static int segmentBytes(int children) {
    return children == 256 ? 0 : Math.min(children, SEGMENT_LIST);
  }

  /** What a TREE of so many children has after them, with its kind. */
  static int treeTail(int bits, int children) {
    return 2 * children * (bits >>> 3) + segmentBytes(children) + 2;
  }

  /**
   * Whether a set that is not full may become a tree, so that its size as one has to be known. The
   * reference guesses a tree's size from means before it builds one, and that guess is part of the
   * rule. Where even the smallest such tree would lose, this says no to save the work.
   */
  static boolean mayBeTree(int bits, int segments, long count, long runs) {
    if (bits == 8) {
      return false;
    }
    int width = bits >>> 3;
    int tail = treeTail(bits, segments);
    long other = Math.min(vecSize(bits, count), bitmapSize(bits));
    long child = Math.min(vecBytes(bits - 8, count / segments), bitmapBytes(bits - 8));
    if (tail + segments + segments * child > other) {
      return false;
    }
    // A child that is not full is at least one value, its count and its kind.
    long full = Math.min(segments, count >>> (bits - 8));
    long smallest = tail + full + (segments - full) * (2 * width - 1);
    return smallest <= Math.min(other, runSize(bits, runs));
  }

  /**
   * The kind that a non-empty set has: the smallest; of equals TREE, VEC, BITMAP, RUN in this
   * order.
   *
   * @param treeSize real size as a tree with its kind, or {@link #NO_TREE} unless {@link
   *     #mayBeTree}
   */
  static int pick(int bits, long count, long runs, long treeSize) {
    if (count == capacity(bits)) {
      return FULL;
    }
    int kind = TREE;
    long best = treeSize;
    long vec = vecSize(bits, count);
    if (vec < best) {
      kind = VEC;
      best = vec;
    }
    long bitmap = bitmapSize(bits);
    if (bitmap < best) {
      kind = BITMAP;
      best = bitmap;
    }
    return runSize(bits, runs) < best ? RUN : kind;
  }
}
