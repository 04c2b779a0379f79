package dev.graft.protocol.page;

/**
 * Walks the ranges of a checked encoding in ascending order, each as long as it can be. Reads in
 * place, a small batch of ranges ahead. One thread.
 */
final class RangeCursor {
  /** A batch is full when it has so many ints. */
  private static final int BATCH_INTS = 128;

  /** A word of a bitmap, always taken whole, has up to 32 ranges. */
  private static final int SLACK_INTS = 64;

  private final byte[] bytes;

  /** The trees from the root to the current leaf, their next child, and what lies above them. */
  private final TreePart[] trees = new TreePart[3];

  private final int[] nextChild = new int[3];
  private final int[] treeBase = new int[3];
  private int depth;

  /** The current leaf, or kind EMPTY: where its items are and which come next. */
  private int kind = Splinter.EMPTY;

  private int leafBits;
  private int leafBase;
  private int leafStart;
  private int leafItems;
  private int nextItem;

  /** The ranges read ahead, {@code batch[at, filled)}; the last may go on in the next leaf. */
  final int[] batch;

  int at;
  int filled;
  private final int full;

  /** The range that {@link #next} went to, both ends included. */
  int first;

  int last;

  /** Walks the set whose root partition fills the array. */
  RangeCursor(byte[] root) {
    this(root, root.length, 32);
  }

  /** Walks the partition of {@code bits} bits that ends at {@code end}. */
  RangeCursor(byte[] bytes, int end, int bits) {
    this.bytes = bytes;
    full = Math.min(BATCH_INTS, 2 + end / 2);
    batch = new int[full + SLACK_INTS];
    enter(end, bits, 0);
  }

  /** Goes to the next range; false when there is none. */
  boolean next() {
    // The last range of a batch may go on in the next leaf.
    if (at + 2 >= filled && !refill()) {
      return false;
    }
    first = batch[at];
    last = batch[at + 1];
    at += 2;
    return true;
  }

  /** Reads more ranges ahead, behind one that is left at most; false when there is none. */
  boolean refill() {
    int kept = filled - at;
    if (kept > 0) {
      batch[0] = batch[at];
      batch[1] = batch[at + 1];
    }
    at = 0;
    filled = kept;
    while (filled < full && nextLeaf()) {
      switch (kind) {
        case Splinter.FULL -> takeFull();
        case Splinter.BITMAP -> takeBitmap();
        case Splinter.VEC -> takeVec();
        default -> takeRun();
      }
    }
    return filled > 0;
  }

  /** Makes sure that the current leaf has items left; false at the end of the set. */
  private boolean nextLeaf() {
    while (nextItem >= leafItems) {
      if (depth == 0) {
        return false;
      }
      TreePart tree = trees[depth - 1];
      int child = nextChild[depth - 1]++;
      if (child == tree.children) {
        depth--;
      } else {
        int shift = tree.bits - 8;
        enter(tree.childEnd(child), shift, treeBase[depth - 1] | tree.segment(child) << shift);
      }
    }
    return true;
  }

  private void enter(int end, int bits, int base) {
    int width = bits >>> 3;
    int what = bytes[end - 1];
    if (what == Splinter.TREE) {
      trees[depth] = new TreePart(bytes, end, bits);
      nextChild[depth] = 0;
      treeBase[depth++] = base;
      return;
    }
    kind = what;
    leafBits = bits;
    leafBase = base;
    nextItem = 0;
    switch (what) {
      case Splinter.EMPTY -> leafItems = 0;
      case Splinter.FULL -> leafItems = 1;
      case Splinter.BITMAP -> {
        leafItems = Splinter.bitmapBytes(bits) >>> 3;
        leafStart = end - 1 - 8 * leafItems;
      }
      default -> {
        leafItems = SplinterReader.items(bytes, end, width);
        leafStart = end - 1 - width - leafItems * width * (what == Splinter.RUN ? 2 : 1);
      }
    }
  }

  private void append(int from, int to) {
    if (filled > 0 && batch[filled - 1] + 1 == from) {
      batch[filled - 1] = to;
    } else {
      batch[filled] = from;
      batch[filled + 1] = to;
      filled += 2;
    }
  }

  private void takeFull() {
    append(leafBase, leafBase | Splinter.mask(leafBits));
    nextItem = 1;
  }

  private void takeVec() {
    int width = leafBits >>> 3;
    int item = nextItem;
    // Each value starts one range at most, so many fit without looking.
    int stop = item + Math.min(leafItems - item, full - filled + 1 >>> 1);
    int read = leafStart + item * width;
    int[] out = batch;
    int write = filled;
    int previous = write > 0 ? out[write - 1] : -1;
    for (; item < stop; item++, read += width) {
      int value = leafBase | Ints.get(bytes, read, width);
      if (value != previous + 1 || write == 0) {
        out[write] = value;
        write += 2;
      }
      out[write - 1] = value;
      previous = value;
    }
    filled = write;
    nextItem = item;
  }

  private void takeRun() {
    int width = leafBits >>> 3;
    int item = nextItem;
    for (; item < leafItems && filled < full; item++) {
      int where = leafStart + 2 * item * width;
      append(
          leafBase | Ints.get(bytes, where, width),
          leafBase | Ints.get(bytes, where + width, width));
    }
    nextItem = item;
  }

  private void takeBitmap() {
    int item = nextItem;
    for (; item < leafItems && filled < full; item++) {
      long rest = Ints.longLittleEndian(bytes, leafStart + 8 * item);
      int value = leafBase + 64 * item;
      while (rest != 0) {
        int from = Long.numberOfTrailingZeros(rest);
        // Adding the lowest bit carries through the run, and leaves the bit after it if any.
        long carried = rest + (1L << from);
        append(value + from, value + Long.numberOfTrailingZeros(carried) - 1);
        rest &= carried;
      }
    }
    nextItem = item;
  }
}
