package dev.graft.protocol.page;

import java.util.Arrays;

/**
 * Writes ranges as their one Splinter encoding, without CRC and magic. A partition that may become
 * a tree is first written as one, and taken back when another kind turns out smaller. One use, one
 * thread; it cuts ranges in place while it writes, and leaves them as they were.
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
    writer.partition(0, count, bits);
    return Arrays.copyOf(writer.out, writer.size);
  }

  /** Writes the partition that holds ranges {@code from..to-1}; returns how many numbers. */
  private long partition(int from, int to, int bits) {
    int shift = bits - 8;
    long count = to - from;
    int segments = 0;
    int nextSegment = 0;
    for (int i = 2 * from; i < 2 * to; i += 2) {
      int first = bounds[i];
      int last = bounds[i + 1];
      count += (last - first) & 0xFFFF_FFFFL;
      int lastSegment = last >>> shift & 0xFF;
      segments += lastSegment + 1 - Math.max(first >>> shift & 0xFF, nextSegment);
      nextSegment = lastSegment + 1;
    }
    int start = size;
    int runs = to - from;
    long treeSize = Splinter.NO_TREE;
    if (count != Splinter.capacity(bits) && Splinter.mayBeTree(bits, segments, count, runs)) {
      tree(from, to, bits, segments);
      treeSize = size - start;
    }
    int kind = Splinter.pick(bits, count, runs, treeSize);
    if (kind != Splinter.TREE) {
      size = start;
      switch (kind) {
        case Splinter.BITMAP -> bitmap(from, to, bits);
        case Splinter.VEC -> vec(from, to, bits, count);
        case Splinter.RUN -> run(from, to, bits);
        default -> reserve(1);
      }
      out[size++] = (byte) kind;
    }
    return count;
  }

  private void tree(int from, int to, int bits, int segments) {
    int shift = bits - 8;
    int[] ends = new int[segments];
    int[] cumulative = new int[segments];
    byte[] names = new byte[segments];
    long count = 0;
    int next = from;
    // A range that goes on in the next child is cut for both, and made whole again after them.
    boolean firstIsCut = false;
    int uncut = 0;
    for (int child = 0; child < segments; child++) {
      int first = bounds[2 * next];
      int childLast = first | Splinter.mask(shift);
      int at = next;
      while (at + 1 < to && Integer.compareUnsigned(bounds[2 * at + 2], childLast) <= 0) {
        at++;
      }
      int last = bounds[2 * at + 1];
      boolean spills = Integer.compareUnsigned(last, childLast) > 0;
      if (spills) {
        bounds[2 * at + 1] = childLast;
      }
      count += partition(next, at + 1, shift);
      ends[child] = size;
      cumulative[child] = (int) (count - 1);
      names[child] = (byte) (first >>> shift);
      bounds[2 * at + 1] = last;
      if (firstIsCut && !(spills && at == next)) {
        bounds[2 * next] = uncut;
        firstIsCut = false;
      }
      if (spills) {
        uncut = firstIsCut ? uncut : bounds[2 * at];
        firstIsCut = true;
        bounds[2 * at] = childLast + 1;
      }
      next = spills ? at : at + 1;
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

  private void vec(int from, int to, int bits, long count) {
    int width = bits >>> 3;
    reserve(Splinter.vecSize(bits, count));
    int at = size;
    for (int i = 2 * from; i < 2 * to; i += 2) {
      int value = bounds[i];
      for (int left = bounds[i + 1] - value; left >= 0; left--, at += width) {
        Ints.put(out, at, width, value++);
      }
    }
    Ints.put(out, at, width, (int) (count - 1));
    size = at + width;
  }

  private void run(int from, int to, int bits) {
    int width = bits >>> 3;
    reserve(Splinter.runSize(bits, to - from));
    int at = size;
    for (int i = 2 * from; i < 2 * to; i++, at += width) {
      Ints.put(out, at, width, bounds[i]);
    }
    Ints.put(out, at, width, to - from - 1);
    size = at + width;
  }

  private void bitmap(int from, int to, int bits) {
    int mask = Splinter.mask(bits);
    int bytes = Splinter.bitmapBytes(bits);
    reserve(Splinter.bitmapSize(bits));
    Arrays.fill(out, size, size + bytes, (byte) 0);
    for (int i = 2 * from; i < 2 * to; i += 2) {
      int first = bounds[i] & mask;
      int last = bounds[i + 1] & mask;
      int firstByte = size + (first >>> 3);
      int lastByte = size + (last >>> 3);
      int firstBits = 0xFF << (first & 7);
      int lastBits = 0xFF >>> (7 - (last & 7));
      if (firstByte == lastByte) {
        out[firstByte] |= (byte) (firstBits & lastBits);
      } else {
        out[firstByte] |= (byte) firstBits;
        Arrays.fill(out, firstByte + 1, lastByte, (byte) 0xFF);
        out[lastByte] |= (byte) lastBits;
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
