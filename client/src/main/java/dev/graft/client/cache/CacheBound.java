package dev.graft.client.cache;

import dev.graft.protocol.error.GraftException;

/**
 * The most room that a cache takes, and the size of the pieces in which it takes and gives it up.
 *
 * @param bytes at least {@link #MIN_BYTES}
 */
public record CacheBound(long bytes) {
  /** Less would not hold the frames that a few readers need at one time. */
  public static final long MIN_BYTES = 4L << 20;

  /** Pieces of a cache that is not large: see "Eviction" in {@code docs/benchmarks.md}. */
  static final int PIECES = 16;

  private static final long MAX_PIECE_BYTES = 64L << 20;

  /** Refuses what is too small to work. */
  public CacheBound {
    if (bytes < MIN_BYTES) {
      throw new GraftException.Misuse(
          "a cache of " + bytes + " bytes is too small: give it at least " + MIN_BYTES);
    }
  }

  /** Bytes of one data file or slab. */
  long pieceBytes() {
    return Math.min(MAX_PIECE_BYTES, bytes / PIECES);
  }
}
