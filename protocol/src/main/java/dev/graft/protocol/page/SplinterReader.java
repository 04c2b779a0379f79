package dev.graft.protocol.page;

/**
 * Look-ups in an encoding that has been checked: nothing is decoded or allocated. The root
 * partition ends where the array ends.
 */
final class SplinterReader {
  private SplinterReader() {}

  /** How many numbers the set has. */
  static long cardinality(byte[] root) {
    return cardinality(root, root.length, 32);
  }

  private static long cardinality(byte[] bytes, int end, int bits) {
    int width = bits >>> 3;
    return switch (bytes[end - 1]) {
      case Splinter.EMPTY -> 0;
      case Splinter.FULL -> Splinter.capacity(bits);
      case Splinter.BITMAP -> bitsBelow(bytes, end - 1 - Splinter.bitmapBytes(bits), 1L << bits);
      case Splinter.VEC -> items(bytes, end, width);
      case Splinter.RUN -> {
        int runs = items(bytes, end, width);
        yield runsRank(bytes, end - 1 - width - 2 * runs * width, runs, width, Splinter.mask(bits));
      }
      default -> {
        TreePart tree = new TreePart(bytes, end, bits);
        yield tree.cumulative(tree.children - 1);
      }
    };
  }

  /** Whether the number is in the partition of {@code topBits} bits that ends at {@code topEnd}. */
  static boolean contains(byte[] bytes, int topEnd, int topBits, int value) {
    int end = topEnd;
    int bits = topBits;
    while (bytes[end - 1] == Splinter.TREE) {
      TreePart tree = new TreePart(bytes, end, bits);
      bits -= 8;
      int child = tree.childOf(value >>> bits & 0xFF);
      if (child < 0) {
        return false;
      }
      end = tree.childEnd(child);
    }
    int v = value & Splinter.mask(bits);
    return switch (bytes[end - 1]) {
      case Splinter.EMPTY -> false;
      case Splinter.FULL -> true;
      case Splinter.BITMAP -> {
        int start = end - 1 - Splinter.bitmapBytes(bits);
        yield (bytes[start + (v >>> 3)] >>> (v & 7) & 1) != 0;
      }
      case Splinter.VEC -> vecContains(bytes, end, bits >>> 3, v);
      default -> runContains(bytes, end, bits >>> 3, v);
    };
  }

  private static boolean vecContains(byte[] bytes, int end, int width, int value) {
    int count = items(bytes, end, width);
    int start = end - 1 - width - count * width;
    int upTo = Search.notAbove(bytes, start, count, width, width, value);
    return upTo > 0 && Ints.get(bytes, start + (upTo - 1) * width, width) == value;
  }

  private static boolean runContains(byte[] bytes, int end, int width, int value) {
    int runs = items(bytes, end, width);
    int start = end - 1 - width - 2 * runs * width;
    int upTo = Search.notAbove(bytes, start, runs, width, 2 * width, value);
    int last = start + (2 * upTo - 1) * width;
    return upTo > 0 && Integer.compareUnsigned(value, Ints.get(bytes, last, width)) <= 0;
  }

  /** How many numbers of the set are not above {@code value}. */
  static long rank(byte[] root, int value) {
    int end = root.length;
    long before = 0;
    for (int bits = 32; ; bits -= 8) {
      int width = bits >>> 3;
      int v = value & Splinter.mask(bits);
      switch (root[end - 1]) {
        case Splinter.EMPTY -> {
          return before;
        }
        case Splinter.FULL -> {
          return before + (v & 0xFFFF_FFFFL) + 1;
        }
        case Splinter.BITMAP -> {
          int start = end - 1 - Splinter.bitmapBytes(bits);
          return before + bitsBelow(root, start, (v & 0xFFFF_FFFFL) + 1);
        }
        case Splinter.VEC -> {
          int count = items(root, end, width);
          int start = end - 1 - width - count * width;
          return before + Search.notAbove(root, start, count, width, width, v);
        }
        case Splinter.RUN -> {
          int runs = items(root, end, width);
          int start = end - 1 - width - 2 * runs * width;
          int below = Search.notAbove(root, start, runs, width, 2 * width, v);
          return before + runsRank(root, start, below, width, v);
        }
        default -> {
          TreePart tree = new TreePart(root, end, bits);
          int segment = v >>> (bits - 8);
          int child = tree.childrenBelow(segment);
          before += tree.before(child);
          if (child == tree.children || tree.segment(child) != segment) {
            return before;
          }
          end = tree.childEnd(child);
        }
      }
    }
  }

  /** The n-th number of the set, counted from 0; there must be one. */
  static int select(byte[] root, long n) {
    int end = root.length;
    int base = 0;
    long left = n;
    for (int bits = 32; ; bits -= 8) {
      int width = bits >>> 3;
      switch (root[end - 1]) {
        case Splinter.FULL -> {
          return base | (int) left;
        }
        case Splinter.BITMAP -> {
          return base | selectBitmap(root, end - 1 - Splinter.bitmapBytes(bits), left);
        }
        case Splinter.VEC -> {
          int start = end - 1 - width - items(root, end, width) * width;
          return base | Ints.get(root, start + (int) left * width, width);
        }
        case Splinter.RUN -> {
          int start = end - 1 - width - 2 * items(root, end, width) * width;
          return base | selectRun(root, start, width, left);
        }
        case Splinter.TREE -> {
          TreePart tree = new TreePart(root, end, bits);
          int child = childHolding(tree, left);
          left -= tree.before(child);
          base |= tree.segment(child) << (bits - 8);
          end = tree.childEnd(child);
        }
        default -> throw new IllegalStateException("select in an empty set");
      }
    }
  }

  /** The number of values of a VEC or of runs of a RUN. */
  static int items(byte[] bytes, int end, int width) {
    return Ints.get(bytes, end - 1 - width, width) + 1;
  }

  /** How many numbers the first {@code runs} runs hold, the last of them cut at {@code value}. */
  private static long runsRank(byte[] bytes, int start, int runs, int width, int value) {
    long count = 0;
    for (int i = 0, at = start; i < runs; i++, at += 2 * width) {
      int first = Ints.get(bytes, at, width);
      int last = Ints.get(bytes, at + width, width);
      if (Integer.compareUnsigned(last, value) > 0) {
        last = value;
      }
      count += ((last - first) & 0xFFFF_FFFFL) + 1;
    }
    return count;
  }

  /** How many of the first {@code bits} bits of a bitmap are set. */
  private static long bitsBelow(byte[] bytes, int start, long bits) {
    long count = 0;
    int at = start;
    int wordsEnd = start + (int) (bits >>> 6) * 8;
    for (; at < wordsEnd; at += 8) {
      count += Long.bitCount(Ints.longLittleEndian(bytes, at));
    }
    int rest = (int) (bits & 63);
    if (rest != 0) {
      count += Long.bitCount(Ints.longLittleEndian(bytes, at) << (64 - rest));
    }
    return count;
  }

  private static int selectBitmap(byte[] bytes, int start, long n) {
    long left = n;
    for (int at = start; ; at += 8) {
      long word = Ints.longLittleEndian(bytes, at);
      int set = Long.bitCount(word);
      if (left < set) {
        return (at - start) * 8 + TreePart.selectBit(word, (int) left);
      }
      left -= set;
    }
  }

  private static int selectRun(byte[] bytes, int start, int width, long n) {
    long left = n;
    for (int at = start; ; at += 2 * width) {
      int first = Ints.get(bytes, at, width);
      long length = ((Ints.get(bytes, at + width, width) - first) & 0xFFFF_FFFFL) + 1;
      if (left < length) {
        return first + (int) left;
      }
      left -= length;
    }
  }

  private static int childHolding(TreePart tree, long n) {
    int low = 0;
    int high = tree.children - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tree.cumulative(middle) <= n) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
