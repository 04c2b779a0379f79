package dev.graft.protocol.page;

import java.util.function.LongConsumer;

/** Hands all members of a checked encoding to an action, partition by partition. */
final class SplinterWalk {
  private final byte[] bytes;
  private final LongConsumer action;

  private SplinterWalk(byte[] bytes, LongConsumer action) {
    this.bytes = bytes;
    this.action = action;
  }

  /** Walks the set whose root partition fills the array. */
  static void forEach(byte[] root, LongConsumer action) {
    new SplinterWalk(root, action).partition(root.length, 32, 0);
  }

  private void partition(int end, int bits, long base) {
    int width = bits >>> 3;
    switch (bytes[end - 1]) {
      case Splinter.EMPTY -> {}
      case Splinter.FULL -> range(base, base + Splinter.capacity(bits) - 1);
      case Splinter.BITMAP -> bitmap(end, bits, base);
      case Splinter.VEC -> vec(end, width, base);
      case Splinter.RUN -> run(end, width, base);
      default -> {
        TreePart tree = new TreePart(bytes, end, bits);
        for (int i = 0; i < tree.children; i++) {
          long child = base | (long) tree.segment(i) << (bits - 8);
          partition(tree.childEnd(i), bits - 8, child);
        }
      }
    }
  }

  private void range(long first, long last) {
    for (long idx = first; idx <= last; idx++) {
      action.accept(idx);
    }
  }

  private void bitmap(int end, int bits, long base) {
    int start = end - 1 - Splinter.bitmapBytes(bits);
    long idx = base;
    for (int at = start; at < end - 1; at += 8, idx += 64) {
      long word = Ints.longLittleEndian(bytes, at);
      while (word != 0) {
        action.accept(idx + Long.numberOfTrailingZeros(word));
        word &= word - 1;
      }
    }
  }

  private void vec(int end, int width, long base) {
    int stop = end - 1 - width;
    int at = stop - SplinterReader.items(bytes, end, width) * width;
    switch (width) {
      case 1 -> {
        for (; at < stop; at++) {
          action.accept(base | bytes[at] & 0xFF);
        }
      }
      case 2 -> {
        for (; at < stop; at += 2) {
          action.accept(base | Ints.get2(bytes, at));
        }
      }
      case 3 -> {
        for (; at < stop; at += 3) {
          action.accept(base | Ints.get3(bytes, at));
        }
      }
      default -> {
        for (; at < stop; at += 4) {
          action.accept(Ints.get4(bytes, at) & PageIdx.MAX_VALUE);
        }
      }
    }
  }

  private void run(int end, int width, long base) {
    int stop = end - 1 - width;
    int at = stop - SplinterReader.items(bytes, end, width) * 2 * width;
    for (; at < stop; at += 2 * width) {
      long first = Ints.get(bytes, at, width) & PageIdx.MAX_VALUE;
      long last = Ints.get(bytes, at + width, width) & PageIdx.MAX_VALUE;
      range(base | first, base | last);
    }
  }
}
