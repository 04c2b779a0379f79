package dev.graft.protocol.page;

import dev.graft.protocol.error.GraftException;

/**
 * The logical size of a volume in pages. Page {@code count} is the last one.
 *
 * @param value 0..4294967295
 */
public record PageCount(long value) implements Comparable<PageCount> {
  /** The empty volume. */
  public static final PageCount ZERO = new PageCount(0);

  public PageCount {
    if (value < 0 || value > PageIdx.MAX_VALUE) {
      throw new GraftException.Misuse("page count " + value + " is not in 0.." + PageIdx.MAX_VALUE);
    }
  }

  /** Whether the page lies inside. */
  public boolean contains(PageIdx idx) {
    return idx.value() <= value;
  }

  /** The smaller of the two. */
  public PageCount min(PageCount other) {
    return value <= other.value ? this : other;
  }

  @Override
  public int compareTo(PageCount other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
