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
    writer.partition(0, count, bits, writer.count(0, count));
    return Arrays.copyOf(writer.out, writer.size);
  }

  /** How many numbers ranges {@code from..to-1} hold. */
  private long count(int from, int to) {
    long count = to - from;
    for (int i = 2 * from; i < 2 * to; i += 2) {
      count += (bounds[i + 1] - bounds[i]) & 0xFFFF_FFFFL;
    }
    return count;
  }

  /** How many values the 8 bits above {@code shift} take in ranges {@code from..to-1}. */
  private int segments(int from, int to, int shift) {
    if (bounds[2 * from] >>> shift == bounds[2 * to - 1] >>> shift) {
      return 1;
    }
    int segments = 0;
    int next = 0;
    for (int i = 2 * from; i < 2 * to; i += 2) {
      int last = bounds[i + 1] >>> shift & 0xFF;
      segments += last + 1 - Math.max(bounds[i] >>> shift & 0xFF, next);
      next = last + 1;
    }
    return segments;
  }

  /** Writes the partition that holds the {@code count} numbers of ranges {@code from..to-1}. */
  private void partition(int from, int to, int bits, long count) {
    int start = size;
    int runs = to - from;
    long treeSize = Splinter.NO_TREE;
    if (bits > 8 && count != Splinter.capacity(bits)) {
      int segments = segments(from, to, bits - 8);
      if (Splinter.mayBeTree(bits, segments, count, runs)) {
        tree(from, to, bits, segments, count);
        treeSize = size - start;
      }
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
  }

  private void tree(int from, int to, int bits, int segments, long total) {
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
      long childCount = segments == 1 ? total : count(next, at + 1);
      partition(next, at + 1, shift, childCount);
      count += childCount;
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
    int at = 0;
    long word = 0;
    for (int i = 2 * from; i < 2 * to; i += 2) {
      int first = bounds[i] & mask;
      int last = bounds[i + 1] & mask;
      if (first >>> 6 != at) {
        Ints.putLongLittleEndian(out, size + 8 * at, word);
        at = first >>> 6;
        word = 0;
      }
      long fromFirst = -1L << first;
      if (last >>> 6 != at) {
        Ints.putLongLittleEndian(out, size + 8 * at, word | fromFirst);
        Arrays.fill(out, size + 8 * at + 8, size + 8 * (last >>> 6), (byte) 0xFF);
        at = last >>> 6;
        word = 0;
        fromFirst = -1L;
      }
      word |= fromFirst & -1L >>> ~last;
    }
    Ints.putLongLittleEndian(out, size + 8 * at, word);
    size += bytes;
  }

  private void reserve(long bytes) {
    if (out.length - size < bytes) {
      long wanted = Math.max(size + bytes, size + (long) (size >>> 1));
      out = Arrays.copyOf(out, Math.toIntExact(wanted));
    }
  }
}
