package dev.graft.protocol.page;

import dev.graft.protocol.error.GraftException;

/**
 * The index of a page in its volume: 1-based, unsigned 32-bit. The first page is 1; 0 is no page.
 *
 * @param value 1..4294967295
 */
public record PageIdx(long value) implements Comparable<PageIdx> {
  /** The largest index, 2^32 - 1. */
  public static final long MAX_VALUE = 0xFFFF_FFFFL;

  /** The first page of every volume. */
  public static final PageIdx FIRST = new PageIdx(1);

  public PageIdx {
    if (value < 1 || value > MAX_VALUE) {
      throw new GraftException.Misuse("page index " + value + " is not in 1.." + MAX_VALUE);
    }
  }

  /** The window of 65,536 page indexes that this one lies in: 0..65535. */
  public int window() {
    return (int) (value >>> 16);
  }

  /** The place within the window: 0..65535. */
  public int low() {
    return (int) (value & 0xFFFF);
  }

  @Override
  public int compareTo(PageIdx other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
