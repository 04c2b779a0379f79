package dev.graft.protocol.id;

/**
 * The identity of a token: 16 random bytes. It is what is revoked.
 *
 * @param hi the first 8 bytes, big-endian
 * @param lo the last 8 bytes, big-endian
 */
public record TokenId(long hi, long lo) implements Comparable<TokenId> {
  private static final String PREFIX = "tok-";

  /** Reads the printed form. */
  public static TokenId parse(String text) {
    long[] halves = Base32.decode(PREFIX, text);
    return new TokenId(halves[0], halves[1]);
  }

  @Override
  public int compareTo(TokenId other) {
    int byHi = Long.compareUnsigned(hi, other.hi);
    return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
  }

  /** The printed form: {@code tok-} and 26 characters of Crockford's base 32, lower case. */
  @Override
  public String toString() {
    return Base32.encode(PREFIX, hi, lo);
  }
}
