package dev.graft.protocol.id;

/**
 * The identity of a volume: 16 random bytes.
 *
 * @param hi the first 8 bytes, big-endian
 * @param lo the last 8 bytes, big-endian
 */
public record VolumeId(long hi, long lo) implements Comparable<VolumeId> {
  private static final String PREFIX = "vol-";

  /** Reads the printed form. */
  public static VolumeId parse(String text) {
    long[] halves = Base32.decode(PREFIX, text);
    return new VolumeId(halves[0], halves[1]);
  }

  @Override
  public int compareTo(VolumeId other) {
    int byHi = Long.compareUnsigned(hi, other.hi);
    return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
  }

  /** The printed form: {@code vol-} and 26 characters of Crockford's base 32, lower case. */
  @Override
  public String toString() {
    return Base32.encode(PREFIX, hi, lo);
  }
}
