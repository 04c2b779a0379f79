package dev.graft.protocol.page;

/** The set operations, on ranges read in place from two encodings. */
final class RangeMerge {
  private RangeMerge() {}

  /** Everything that is in {@code a} or {@code b}. */
  static Ranges union(RangeCursor a, RangeCursor b) {
    Ranges out = new Ranges();
    boolean hasA = a.refill();
    boolean hasB = b.refill();
    while (hasA && hasB) {
      unionOfBatches(a, b, out);
      hasA = a.at < a.filled || a.refill();
      hasB = b.at < b.filled || b.refill();
    }
    RangeCursor rest = hasA ? a : b;
    for (boolean more = hasA || hasB; more; more = rest.refill()) {
      for (; rest.at < rest.filled; rest.at += 2) {
        out.join(rest.batch[rest.at], rest.batch[rest.at + 1]);
      }
    }
    return out;
  }

  /** Takes ranges in the order of their firsts until one batch is used up. */
  private static void unionOfBatches(RangeCursor a, RangeCursor b, Ranges out) {
    int[] as = a.batch;
    int[] bs = b.batch;
    int i = a.at;
    int j = b.at;
    while (i < a.filled && j < b.filled) {
      // Nobody can guess which one is next, so no branch: all ones when it is a, else nothing.
      long distance = (as[i] & PageIdx.MAX_VALUE) - (bs[j] & PageIdx.MAX_VALUE);
      int takesA = (int) ((distance - 1) >> 63);
      int first = bs[j] ^ ((as[i] ^ bs[j]) & takesA);
      int last = bs[j + 1] ^ ((as[i + 1] ^ bs[j + 1]) & takesA);
      i += 2 & takesA;
      j += 2 & ~takesA;
      out.join(first, last);
    }
    a.at = i;
    b.at = j;
  }

  /** Everything that is in both. */
  static Ranges intersection(RangeCursor a, RangeCursor b) {
    Ranges out = new Ranges();
    boolean more = a.next() && b.next();
    while (more) {
      int first = max(a.first, b.first);
      int last = min(a.last, b.last);
      if (!below(last, first)) {
        out.add(first, last);
      }
      more = below(a.last, b.last) ? a.next() : b.next();
    }
    return out;
  }

  /** Everything that is in {@code a} and not in {@code b}. */
  static Ranges difference(RangeCursor a, RangeCursor b) {
    Ranges out = new Ranges();
    boolean hasB = b.next();
    while (a.next()) {
      int first = a.first;
      boolean left = true;
      while (hasB && !below(a.last, b.first)) {
        if (below(first, b.first)) {
          out.add(first, b.first - 1);
        }
        if (!below(b.last, a.last)) {
          // b may reach on into the next range of a
          left = false;
          break;
        }
        if (!below(b.last, first)) {
          first = b.last + 1;
        }
        hasB = b.next();
      }
      if (left) {
        out.add(first, a.last);
      }
    }
    return out;
  }

  private static boolean below(int a, int b) {
    return Integer.compareUnsigned(a, b) < 0;
  }

  private static int max(int a, int b) {
    return below(a, b) ? b : a;
  }

  private static int min(int a, int b) {
    return below(a, b) ? a : b;
  }
}
