package dev.graft.protocol.page;

import dev.graft.protocol.error.GraftException;
import java.util.Arrays;

/**
 * Proves that bytes are the one encoding of a set: magic, CRC, that every partition fills exactly
 * its place, the order inside it, the cumulative cardinalities, and that every partition has the
 * kind that the writer would give it. One pass over the bytes. Only a partition that might as well
 * be a tree is written anew to be compared, which takes memory linear in its own bytes.
 */
final class SplinterCheck {
  private final byte[] bytes;

  /** What {@link #partition} found in the last partition: its runs and its outermost numbers. */
  private long runs;

  private int lowest;
  private int highest;

  /** How many segments the last leaf touches. */
  private int segments;

  private SplinterCheck(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Checks an encoding with CRC and magic.
   *
   * @return a copy of its root partition
   * @throws GraftException.Corrupt if it is not the encoding of any set
   */
  static byte[] root(byte[] source, int offset, int length) {
    int rootBytes = length - Splinter.FOOTER_BYTES;
    if (rootBytes < 1) {
      throw new GraftException.Corrupt("page set of " + length + " bytes is too short");
    }
    int crcAt = offset + rootBytes;
    if (Ints.get(source, crcAt + Splinter.CRC_BYTES, 4) != Splinter.MAGIC) {
      throw new GraftException.Corrupt("page set of " + length + " bytes has no magic at its end");
    }
    // Checked in our own copy, which nobody else can change.
    byte[] root = Arrays.copyOfRange(source, offset, crcAt);
    if (Crc64Nvme.of(root, 0, rootBytes) != Ints.longLittleEndian(source, crcAt)) {
      throw new GraftException.Corrupt("page set of " + length + " bytes does not match its crc");
    }
    if (rootBytes > 1 || root[0] != Splinter.EMPTY) {
      new SplinterCheck(root).partition(0, rootBytes, 32);
    }
    return root;
  }

  /** Checks that {@code start..end-1} is one partition; returns how many numbers it holds. */
  private long partition(int start, int end, int bits) {
    if (end <= start) {
      throw corrupt(end, "a partition of no bytes");
    }
    int kind = bytes[end - 1];
    long count =
        switch (kind) {
          case Splinter.FULL -> full(start, end, bits);
          case Splinter.BITMAP -> bitmap(start, end, bits);
          case Splinter.VEC -> vec(start, end, bits);
          case Splinter.RUN -> run(start, end, bits);
          case Splinter.TREE -> tree(start, end, bits);
          default -> throw corrupt(end - 1, "partition kind " + kind + " here");
        };
    long treeSize = Splinter.NO_TREE;
    if (kind != Splinter.FULL && Splinter.mayBeTree(bits, segments, count, runs)) {
      if (kind != Splinter.TREE) {
        compareWithWriter(start, end, bits);
        return count;
      }
      treeSize = end - start;
    }
    int expected = Splinter.pick(bits, count, runs, treeSize);
    if (kind != expected) {
      throw corrupt(end - 1, "partition kind " + kind + " where " + expected + " is smaller");
    }
    return count;
  }

  private long full(int start, int end, int bits) {
    if (end - start != 1) {
      throw corrupt(start, "bytes in a full partition");
    }
    found(1, 0, Splinter.mask(bits), 256);
    return Splinter.capacity(bits);
  }

  private long bitmap(int start, int end, int bits) {
    if (end - start != Splinter.bitmapSize(bits)) {
      throw corrupt(start, "a bitmap of " + (end - start) + " bytes");
    }
    long count = 0;
    long starts = 0;
    long carry = 0;
    int low = -1;
    int high = -1;
    int segment = -1;
    int touched = 0;
    for (int at = start; at < end - 1; at += 8) {
      long word = Ints.longLittleEndian(bytes, at);
      if (word != 0) {
        int base = (at - start) * 8;
        low = count == 0 ? base + Long.numberOfTrailingZeros(word) : low;
        high = base + 63 - Long.numberOfLeadingZeros(word);
        touched += high >>> (bits - 8) == segment ? 0 : 1;
        segment = high >>> (bits - 8);
      }
      count += Long.bitCount(word);
      starts += Long.bitCount(word & ~(word << 1 | carry));
      carry = word >>> 63;
    }
    if (count == 0) {
      throw corrupt(start, "an empty bitmap");
    }
    found(starts, low, high, touched);
    return count;
  }

  private long vec(int start, int end, int bits) {
    int width = bits >>> 3;
    long count = items(start, end, width, width);
    int previous = Ints.get(bytes, start, width);
    int low = previous;
    int touched = 1;
    long starts = 1;
    for (int at = start + width; at < end - 1 - width; at += width) {
      int value = Ints.get(bytes, at, width);
      if (Integer.compareUnsigned(value, previous) <= 0) {
        throw corrupt(at, "a value that is not above the one before");
      }
      starts += value == previous + 1 ? 0 : 1;
      touched += (value ^ previous) >>> (bits - 8) == 0 ? 0 : 1;
      previous = value;
    }
    found(starts, low, previous, touched);
    return count;
  }

  private long run(int start, int end, int bits) {
    int width = bits >>> 3;
    int shift = bits - 8;
    long pairs = items(start, end, width, 2 * width);
    long count = 0;
    long previous = -2;
    int nextSegment = 0;
    int touched = 0;
    for (int at = start; at < end - 1 - width; at += 2 * width) {
      long first = Ints.get(bytes, at, width) & 0xFFFF_FFFFL;
      long last = Ints.get(bytes, at + width, width) & 0xFFFF_FFFFL;
      if (first > last || first < previous + 2) {
        throw corrupt(at, "a run that is turned round or not apart from the one before");
      }
      count += last - first + 1;
      touched += (int) (last >>> shift) + 1 - Math.max((int) (first >>> shift), nextSegment);
      nextSegment = (int) (last >>> shift) + 1;
      previous = last;
    }
    found(pairs, Ints.get(bytes, start, width), (int) previous, touched);
    return count;
  }

  /** Checks the count of a VEC or RUN against its place; returns it. */
  private long items(int start, int end, int width, int stride) {
    int itemBytes = end - start - 1 - width;
    if (itemBytes < stride || itemBytes % stride != 0) {
      throw corrupt(start, "a list of " + itemBytes + " bytes");
    }
    long items = (Ints.get(bytes, end - 1 - width, width) & 0xFFFF_FFFFL) + 1;
    if (items != itemBytes / stride) {
      throw corrupt(end - 1 - width, "a list of " + items + " items in " + itemBytes + " bytes");
    }
    return items;
  }

  private long tree(int start, int end, int bits) {
    int shift = bits - 8;
    if (bits == 8 || end - start < 2) {
      throw corrupt(start, "a tree that cannot be here");
    }
    int children = (bytes[end - 2] & 0xFF) + 1;
    if (end - start - Splinter.treeTail(bits, children) < children) {
      throw corrupt(start, "a tree of " + children + " children in " + (end - start) + " bytes");
    }
    TreePart tree = new TreePart(bytes, end, bits);
    checkSegments(tree);
    long count = 0;
    long starts = 0;
    int low = 0;
    int high = 0;
    int childStart = start;
    for (int i = 0; i < children; i++) {
      int childEnd = tree.childEnd(i);
      // The offset is unsigned: a large one makes the end overflow to above the children.
      if (childEnd <= childStart || childEnd > tree.offsets) {
        throw corrupt(tree.offsets, "child " + i + " ends at " + childEnd);
      }
      count += partition(childStart, childEnd, shift);
      if (count != tree.cumulative(i)) {
        throw corrupt(tree.cumulative, "a wrong cardinality up to child " + i);
      }
      int base = tree.segment(i) << shift;
      boolean joins = i > 0 && (base | lowest) == high + 1;
      low = i == 0 ? base | lowest : low;
      high = base | highest;
      starts += joins ? runs - 1 : runs;
      childStart = childEnd;
    }
    if (childStart != tree.offsets) {
      throw corrupt(childStart, "bytes after the last child");
    }
    found(starts, low, high, children);
    return count;
  }

  private void checkSegments(TreePart tree) {
    if (tree.children == 256) {
      return;
    }
    if (tree.children <= Splinter.SEGMENT_LIST) {
      for (int i = 1; i < tree.children; i++) {
        if (tree.segment(i) <= tree.segment(i - 1)) {
          throw corrupt(tree.segments + i, "a segment that is not above the one before");
        }
      }
      return;
    }
    int set = 0;
    for (int i = 0; i < Splinter.SEGMENT_LIST; i++) {
      set += Integer.bitCount(bytes[tree.segments + i] & 0xFF);
    }
    if (set != tree.children) {
      throw corrupt(tree.segments, set + " segments for " + tree.children + " children");
    }
  }

  private void compareWithWriter(int start, int end, int bits) {
    Ranges ranges = new Ranges();
    RangeCursor cursor = new RangeCursor(bytes, end, bits);
    while (cursor.next()) {
      ranges.add(cursor.first, cursor.last);
    }
    byte[] written = SplinterWriter.encode(ranges, bits);
    if (!Arrays.equals(written, 0, written.length, bytes, start, end)) {
      throw corrupt(
          end - 1, "a partition of " + (end - start) + " bytes that is smaller as a tree");
    }
  }

  private void found(long runs, int lowest, int highest, int segments) {
    this.runs = runs;
    this.lowest = lowest;
    this.highest = highest;
    this.segments = segments;
  }

  private GraftException.Corrupt corrupt(int at, String what) {
    return new GraftException.Corrupt(
        "page set of "
            + (bytes.length + Splinter.FOOTER_BYTES)
            + " bytes: "
            + what
            + ", at byte "
            + at);
  }
}
