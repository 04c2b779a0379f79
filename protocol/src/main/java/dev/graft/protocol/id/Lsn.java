package dev.graft.protocol.id;

/**
 * The number of a commit in its volume: starts at 1 and has no gap; 0 is the empty volume. Unsigned
 * 64-bit.
 *
 * @param value the number, compared as unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {
  /** Before the first commit. */
  public static final Lsn ZERO = new Lsn(0);

  /** The last number that there is; no volume gets there. */
  public static final Lsn MAX = new Lsn(-1);

  /**
   * The next commit's number.
   *
   * @throws IllegalStateException after {@link #MAX}
   */
  public Lsn next() {
    if (equals(MAX)) {
      throw new IllegalStateException("there is no LSN after " + this);
    }
    return new Lsn(value + 1);
  }

  /** Whether this lies before the other. */
  public boolean isBefore(Lsn other) {
    return compareTo(other) < 0;
  }

  /** Whether this lies after the other. */
  public boolean isAfter(Lsn other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
