package dev.graft.protocol.page;

/**
 * A TREE partition as it lies in an encoding: where its tables are and how to look things up in
 * them. Holds positions only; immutable.
 */
final class TreePart {
  final byte[] bytes;

  /** Bits of this partition; its children have 8 less. */
  final int bits;

  /** How many children there are, 1..256. */
  final int children;

  /** Where the segments start. */
  final int segments;

  /** Where the cumulative cardinalities start. */
  final int cumulative;

  /** Where the offsets start, which is where the last child ends. */
  final int offsets;

  /** Reads the tree whose kind byte is at {@code end - 1}. */
  TreePart(byte[] bytes, int end, int bits) {
    this.bytes = bytes;
    this.bits = bits;
    children = (bytes[end - 2] & 0xFF) + 1;
    segments = end - 2 - Splinter.segmentBytes(children);
    cumulative = segments - children * (bits >>> 3);
    offsets = cumulative - children * (bits >>> 3);
  }

  /** Where child {@code i} ends. */
  int childEnd(int i) {
    int width = bits >>> 3;
    return offsets - Ints.get(bytes, offsets + i * width, width);
  }

  /** How many numbers children {@code 0..i} hold. */
  long cumulative(int i) {
    int width = bits >>> 3;
    return (Ints.get(bytes, cumulative + i * width, width) & 0xFFFF_FFFFL) + 1;
  }

  /** How many numbers lie in children before {@code i}. */
  long before(int i) {
    return i == 0 ? 0 : cumulative(i - 1);
  }

  /** The number of children with a segment below {@code segment}. */
  int childrenBelow(int segment) {
    if (children == 256) {
      return segment;
    }
    if (children <= Splinter.SEGMENT_LIST) {
      return Search.notAbove(bytes, segments, children, 1, 1, segment - 1);
    }
    int below = 0;
    int words = segment >>> 6;
    for (int word = 0; word < words; word++) {
      below += Long.bitCount(Ints.longLittleEndian(bytes, segments + 8 * word));
    }
    long partial = Ints.longLittleEndian(bytes, segments + 8 * words);
    return below + Long.bitCount(partial & ((1L << segment) - 1));
  }

  /** The child of the segment, or -1. */
  int childOf(int segment) {
    if (children == 256) {
      return segment;
    }
    if (children <= Splinter.SEGMENT_LIST) {
      int upTo = Search.notAbove(bytes, segments, children, 1, 1, segment);
      return upTo > 0 && (bytes[segments + upTo - 1] & 0xFF) == segment ? upTo - 1 : -1;
    }
    boolean isThere = (bytes[segments + (segment >>> 3)] >>> (segment & 7) & 1) != 0;
    return isThere ? childrenBelow(segment) : -1;
  }

  /** The segment of child {@code i}. */
  int segment(int i) {
    if (children == 256) {
      return i;
    }
    if (children <= Splinter.SEGMENT_LIST) {
      return bytes[segments + i] & 0xFF;
    }
    int left = i;
    for (int base = 0; base < 256; base += 64) {
      long word = Ints.longLittleEndian(bytes, segments + (base >>> 3));
      int set = Long.bitCount(word);
      if (left < set) {
        return base + selectBit(word, left);
      }
      left -= set;
    }
    throw new IllegalStateException("child " + i + " of " + children);
  }

  /** The position of the n-th (from 0) set bit, which must be there. */
  static int selectBit(long word, int n) {
    long rest = word;
    for (int i = 0; i < n; i++) {
      rest &= rest - 1;
    }
    return Long.numberOfTrailingZeros(rest);
  }
}
