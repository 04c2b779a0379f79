package dev.graft.protocol.page;

import dev.graft.protocol.error.GraftException;
import java.util.Arrays;

/**
 * A growing list of ascending, disjoint and not adjacent ranges of unsigned 32-bit numbers. Owned
 * by one thread.
 */
final class Ranges {
  private static final int INITIAL_INTS = 64;

  /** 2^29 ranges, 4 GiB: the next larger array is none. */
  private static final int MAX_INTS = 1 << 30;

  /** First and last (inclusive) of each range, one after the other. */
  private int[] bounds;

  private int used;

  Ranges() {
    bounds = new int[INITIAL_INTS];
  }

  /** Appends a range that starts after the last one; joins it when they touch. */
  void add(int first, int last) {
    int at = used;
    if (at > 0 && bounds[at - 1] + 1 == first) {
      bounds[at - 1] = last;
      return;
    }
    append(first, last);
  }

  /** Adds a range that starts no lower than the last one; joins them when they touch or overlap. */
  void join(int first, int last) {
    int at = used;
    if (at > 0) {
      long reach = bounds[at - 1] & PageIdx.MAX_VALUE;
      if ((first & PageIdx.MAX_VALUE) <= reach + 1) {
        if ((last & PageIdx.MAX_VALUE) > reach) {
          bounds[at - 1] = last;
        }
        return;
      }
    }
    append(first, last);
  }

  private void append(int first, int last) {
    int at = used;
    if (at == bounds.length) {
      if (at >= MAX_INTS) {
        throw new GraftException.Limit(
            "a page set has more than " + MAX_INTS / 2 + " ranges; split it");
      }
      bounds = Arrays.copyOf(bounds, 2 * at);
    }
    bounds[at] = first;
    bounds[at + 1] = last;
    used = at + 2;
  }

  /** How many ranges there are. */
  int count() {
    return used >>> 1;
  }

  boolean isEmpty() {
    return used == 0;
  }

  /** First and last of each range; valid up to {@code 2 * count()}, not a copy. */
  int[] bounds() {
    return bounds;
  }
}
