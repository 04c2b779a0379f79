package dev.graft.localstack.edge;

import java.time.Duration;

/**
 * How an edge behaves.
 *
 * @param pieceBytes the unit of the cache: requests to the origin begin and end at multiples of it
 * @param piecesPerRequest how many pieces one request to the origin asks for at most
 * @param cacheBytes the most bytes of objects that are kept
 * @param originTimeout after which an origin has failed (504)
 */
public record EdgeOptions(
    int pieceBytes, int piecesPerRequest, long cacheBytes, Duration originTimeout) {
  /** Pieces of 1 MiB, 256 MiB in all. */
  public static final EdgeOptions DEFAULT =
      new EdgeOptions(1 << 20, 8, 256L << 20, Duration.ofSeconds(30));

  public EdgeOptions {
    if (pieceBytes < 1 || piecesPerRequest < 1 || (long) pieceBytes * piecesPerRequest > 1 << 30) {
      throw new IllegalArgumentException(
          "cannot ask for " + piecesPerRequest + " pieces of " + pieceBytes + " bytes at once");
    }
  }
}
