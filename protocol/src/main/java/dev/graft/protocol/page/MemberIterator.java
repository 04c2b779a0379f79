package dev.graft.protocol.page;

import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;

/** Counts through ranges, one after the other. One thread. */
final class MemberIterator implements PrimitiveIterator.OfLong {
  private final RangeCursor ranges;
  private long idx;
  private long last;

  MemberIterator(RangeCursor ranges) {
    this.ranges = ranges;
    this.last = -1;
    advance();
  }

  private void advance() {
    if (ranges.next()) {
      idx = ranges.first & PageIdx.MAX_VALUE;
      last = ranges.last & PageIdx.MAX_VALUE;
    } else {
      idx = 0;
      last = -1;
    }
  }

  @Override
  public boolean hasNext() {
    return idx <= last;
  }

  @Override
  public long nextLong() {
    if (idx > last) {
      throw new NoSuchElementException("no more pages in the set");
    }
    long result = idx++;
    if (idx > last) {
      advance();
    }
    return result;
  }
}
