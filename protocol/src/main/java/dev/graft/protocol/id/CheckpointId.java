package dev.graft.protocol.id;

/**
 * The identity of a checkpoint: 16 random bytes, named by a state record.
 *
 * @param hi the first 8 bytes, big-endian
 * @param lo the last 8 bytes, big-endian
 */
public record CheckpointId(long hi, long lo) implements Comparable<CheckpointId> {
  private static final String PREFIX = "chk-";

  /** Reads the printed form. */
  public static CheckpointId parse(String text) {
    long[] halves = Base32.decode(PREFIX, text);
    return new CheckpointId(halves[0], halves[1]);
  }

  @Override
  public int compareTo(CheckpointId other) {
    int byHi = Long.compareUnsigned(hi, other.hi);
    return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
  }

  /** The printed form: {@code chk-} and 26 characters of Crockford's base 32, lower case. */
  @Override
  public String toString() {
    return Base32.encode(PREFIX, hi, lo);
  }
}
