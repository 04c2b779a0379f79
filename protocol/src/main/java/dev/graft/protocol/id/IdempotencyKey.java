package dev.graft.protocol.id;

/**
 * The identity of one transaction, made once by its client: 16 random bytes. A repeated commit is
 * known by it.
 *
 * @param hi the first 8 bytes, big-endian
 * @param lo the last 8 bytes, big-endian
 */
public record IdempotencyKey(long hi, long lo) implements Comparable<IdempotencyKey> {
  private static final String PREFIX = "txn-";

  /** Reads the printed form. */
  public static IdempotencyKey parse(String text) {
    long[] halves = Base32.decode(PREFIX, text);
    return new IdempotencyKey(halves[0], halves[1]);
  }

  @Override
  public int compareTo(IdempotencyKey other) {
    int byHi = Long.compareUnsigned(hi, other.hi);
    return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
  }

  /** The printed form: {@code txn-} and 26 characters of Crockford's base 32, lower case. */
  @Override
  public String toString() {
    return Base32.encode(PREFIX, hi, lo);
  }
}
