package dev.graft.protocol.id;

/**
 * The identity of a segment: 48 bits of milliseconds since the epoch, then 80 random bits.
 *
 * @param hi the first 8 bytes, big-endian
 * @param lo the last 8 bytes, big-endian
 */
public record SegmentId(long hi, long lo) implements Comparable<SegmentId> {
  private static final String PREFIX = "seg-";

  /** Reads the printed form. */
  public static SegmentId parse(String text) {
    long[] halves = Base32.decode(PREFIX, text);
    return new SegmentId(halves[0], halves[1]);
  }

  /** The time that the id carries, in milliseconds since the epoch. */
  public long epochMillis() {
    return hi >>> 16;
  }

  @Override
  public int compareTo(SegmentId other) {
    int byHi = Long.compareUnsigned(hi, other.hi);
    return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
  }

  /** The printed form: {@code seg-} and 26 characters of Crockford's base 32, lower case. */
  @Override
  public String toString() {
    return Base32.encode(PREFIX, hi, lo);
  }
}
