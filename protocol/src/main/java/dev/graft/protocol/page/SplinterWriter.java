package dev.graft.protocol.page;

import java.util.Arrays;

/**
 * Writes ranges as their one Splinter encoding, without CRC and magic. A partition that may become
 * a tree is first written as one, and taken back when another kind turns out smaller. One use, one
 * thread.
 */
final class SplinterWriter {
  private final int[] bounds;
  private byte[] out;
  private int size;

  private SplinterWriter(int[] bounds, int count) {
    this.bounds = bounds;
    this.out = new byte[Math.max(64, Math.min(count, 1 << 20) * 5)];
  }

  /** The root partition of the set. */
  static byte[] encode(Ranges ranges) {
    return encode(ranges, 32);
  }

  /** The partition of {@code bits} bits that holds the ranges, all of which fit it. */
  static byte[] encode(Ranges ranges, int bits) {
    int count = ranges.count();
    if (count == 0) {
      return new byte[] {Splinter.EMPTY};
    }
    int[] bounds = ranges.bounds();
    SplinterWriter writer = new SplinterWriter(bounds, count);
    writer.partition(0, count, bounds[0], bounds[2 * count - 1], bits);
    return Arrays.copyOf(writer.out, writer.size);
  }

  /**
   * Writes the partition that holds ranges {@code from..to-1}; the first of them counts from {@code
   * first} on and the last up to {@code last}.
   *
   * @return how many numbers it holds
   */
  private long partition(int from, int to, int first, int last, int bits) {
    int shift = bits - 8;
    long count = to - from;
    int segments = 0;
    int nextSegment = 0;
    for (int i = from; i < to; i++) {
      int lo = i == from ? first : bounds[2 * i];
      int hi = i == to - 1 ? last : bounds[2 * i + 1];
      count += (hi - lo) & 0xFFFF_FFFFL;
      int hiSegment = hi >>> shift & 0xFF;
      segments += hiSegment + 1 - Math.max(lo >>> shift & 0xFF, nextSegment);
      nextSegment = hiSegment + 1;
    }
    int start = size;
    long treeSize = Splinter.NO_TREE;
    if (count != Splinter.capacity(bits) && Splinter.triesTree(bits, segments, count)) {
      tree(from, to, first, last, bits, segments);
      treeSize = size - start;
    }
    int kind = Splinter.pick(bits, count, to - from, treeSize);
    if (kind != Splinter.TREE) {
      size = start;
      switch (kind) {
        case Splinter.BITMAP -> bitmap(from, to, first, last, bits);
        case Splinter.VEC -> vec(from, to, first, last, bits, count);
        case Splinter.RUN -> run(from, to, first, last, bits);
        default -> reserve(1);
      }
      out[size++] = (byte) kind;
    }
    return count;
  }

  private void tree(int from, int to, int first, int last, int bits, int segments) {
    int shift = bits - 8;
    int[] ends = new int[segments];
    int[] cumulative = new int[segments];
    byte[] names = new byte[segments];
    int child = 0;
    long count = 0;
    int i = from;
    int lo = first;
    while (i < to) {
      int childLast = lo | Splinter.mask(shift);
      int j = i;
      while (j + 1 < to && Integer.compareUnsigned(bounds[2 * j + 2], childLast) <= 0) {
        j++;
      }
      int hi = j == to - 1 ? last : bounds[2 * j + 1];
      boolean spills = Integer.compareUnsigned(hi, childLast) > 0;
      count += partition(i, j + 1, lo, spills ? childLast : hi, shift);
      ends[child] = size;
      cumulative[child] = (int) (count - 1);
      names[child++] = (byte) (lo >>> shift);
      i = spills ? j : j + 1;
      lo = spills ? childLast + 1 : i < to ? bounds[2 * i] : 0;
    }
    treeTail(bits, ends, cumulative, names);
  }

  private void treeTail(int bits, int[] ends, int[] cumulative, byte[] names) {
    int width = bits >>> 3;
    int children = ends.length;
    int childrenEnd = size;
    reserve(Splinter.treeTail(bits, children));
    int at = size;
    for (int i = 0; i < children; i++, at += width) {
      Ints.put(out, at, width, childrenEnd - ends[i]);
    }
    for (int i = 0; i < children; i++, at += width) {
      Ints.put(out, at, width, cumulative[i]);
    }
    if (children <= Splinter.SEGMENT_LIST) {
      System.arraycopy(names, 0, out, at, children);
      at += children;
    } else if (children < 256) {
      Arrays.fill(out, at, at + Splinter.SEGMENT_LIST, (byte) 0);
      for (byte name : names) {
        out[at + ((name & 0xFF) >>> 3)] |= (byte) (1 << (name & 7));
      }
      at += Splinter.SEGMENT_LIST;
    }
    out[at++] = (byte) (children - 1);
    out[at++] = Splinter.TREE;
    size = at;
  }

  private void vec(int from, int to, int first, int last, int bits, long count) {
    int width = bits >>> 3;
    reserve(Splinter.vecSize(bits, count));
    int at = size;
    for (int i = from; i < to; i++) {
      int value = i == from ? first : bounds[2 * i];
      int hi = i == to - 1 ? last : bounds[2 * i + 1];
      for (int left = hi - value; left >= 0; left--, at += width) {
        Ints.put(out, at, width, value++);
      }
    }
    Ints.put(out, at, width, (int) (count - 1));
    size = at + width;
  }

  private void run(int from, int to, int first, int last, int bits) {
    int width = bits >>> 3;
    reserve(Splinter.runSize(bits, to - from));
    int at = size;
    for (int i = from; i < to; i++, at += 2 * width) {
      Ints.put(out, at, width, i == from ? first : bounds[2 * i]);
      Ints.put(out, at + width, width, i == to - 1 ? last : bounds[2 * i + 1]);
    }
    Ints.put(out, at, width, to - from - 1);
    size = at + width;
  }

  private void bitmap(int from, int to, int first, int last, int bits) {
    int mask = Splinter.mask(bits);
    int bytes = Splinter.bitmapBytes(bits);
    reserve(Splinter.bitmapSize(bits));
    Arrays.fill(out, size, size + bytes, (byte) 0);
    for (int i = from; i < to; i++) {
      int lo = (i == from ? first : bounds[2 * i]) & mask;
      int hi = (i == to - 1 ? last : bounds[2 * i + 1]) & mask;
      int loByte = size + (lo >>> 3);
      int hiByte = size + (hi >>> 3);
      int loBits = 0xFF << (lo & 7);
      int hiBits = 0xFF >>> (7 - (hi & 7));
      if (loByte == hiByte) {
        out[loByte] |= (byte) (loBits & hiBits);
      } else {
        out[loByte] |= (byte) loBits;
        Arrays.fill(out, loByte + 1, hiByte, (byte) 0xFF);
        out[hiByte] |= (byte) hiBits;
      }
    }
    size += bytes;
  }

  private void reserve(long bytes) {
    if (out.length - size < bytes) {
      long wanted = Math.max(size + bytes, size + (long) (size >>> 1));
      out = Arrays.copyOf(out, Math.toIntExact(wanted));
    }
  }
}
