package dev.graft.localstack.edge;

import java.time.Instant;

/** What the cache says of one piece of an object. */
sealed interface Lookup {
  /**
   * The piece.
   *
   * @param bytes of it, shared: not to be changed
   * @param totalBytes the length of the whole object
   * @param since when it came from the origin
   * @param whole whether the origin gave the whole object where a range was asked
   */
  record Piece(byte[] bytes, long totalBytes, Instant since, Source source, boolean whole)
      implements Lookup {
    /** The same for another reader. */
    Piece from(Source other) {
      return new Piece(bytes, totalBytes, since, other, false);
    }
  }

  /** The origin has no such object; never kept. */
  record Missing() implements Lookup {}

  /** The origin failed; never kept. */
  record Failed(int status, String reason) implements Lookup {}

  /** Where a piece came from. */
  enum Source {
    /** It was there. */
    HIT,
    /** It was fetched for this request. */
    MISS,
    /** It was being fetched for another request, which this one waited for. */
    COLLAPSED
  }
}
