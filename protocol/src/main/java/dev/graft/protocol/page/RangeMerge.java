package dev.graft.protocol.page;

/** The set operations, on ranges read in place from two encodings. */
final class RangeMerge {
  private RangeMerge() {}

  /** Everything that is in {@code a} or {@code b}. */
  static Ranges union(RangeCursor a, RangeCursor b) {
    Ranges out = new Ranges();
    boolean hasA = a.next();
    boolean hasB = b.next();
    while (hasA && hasB) {
      if (below(b.first, a.first)) {
        RangeCursor swap = a;
        a = b;
        b = swap;
      }
      // a starts first; take in what of b and then of a goes on from it.
      int first = a.first;
      int last = a.last;
      hasA = a.next();
      while (true) {
        if (hasB && !below(last, b.first)) {
          last = max(last, b.last);
          hasB = b.next();
        } else if (hasA && !below(last, a.first)) {
          last = max(last, a.last);
          hasA = a.next();
        } else {
          break;
        }
      }
      out.add(first, last);
    }
    for (; hasA; hasA = a.next()) {
      out.add(a.first, a.last);
    }
    for (; hasB; hasB = b.next()) {
      out.add(b.first, b.last);
    }
    return out;
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
