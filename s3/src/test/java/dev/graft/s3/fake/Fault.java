package dev.graft.s3.fake;

/** What the fake S3 can be told to do wrong, as the real one or the network does at times. */
public enum Fault {
  /** A PUT is answered 409 ConditionalRequestConflict; nothing lands. */
  CONFLICT(RequestKind.PUT),
  /**
   * A PUT lands, and is answered 412: what a caller sees when something on the way repeated its
   * request after the answer was lost.
   */
  TAKEN_BY_ITSELF(RequestKind.PUT),
  /** A PUT lands and is answered 500. */
  LANDED_ERROR(RequestKind.PUT),
  /** A PUT lands and is answered 408 by something on the way that lost its patience. */
  LANDED_TIME_OUT(RequestKind.PUT),
  /** A PUT is answered 412 by something on the way that knows nothing of S3; nothing lands. */
  FOREIGN_CONDITION(RequestKind.PUT),
  /** A PUT lands and its connection is closed without an answer. */
  DROPPED_AFTER(RequestKind.PUT),
  /** A PUT's connection is closed at once; it lands a little later. */
  LANDS_LATE(RequestKind.PUT),
  /** 503 SlowDown; nothing is done. */
  SLOW_DOWN(RequestKind.PUT, RequestKind.GET, RequestKind.LIST, RequestKind.DELETE),
  /** 500 InternalError; nothing is done. */
  ERROR(RequestKind.PUT, RequestKind.GET, RequestKind.LIST, RequestKind.DELETE),
  /** The connection is closed without an answer; nothing is done. */
  DROPPED_BEFORE(RequestKind.PUT, RequestKind.GET, RequestKind.LIST, RequestKind.DELETE),
  /** The request is done after a while, see {@link Faults#delay}. */
  DELAYED(RequestKind.PUT, RequestKind.GET, RequestKind.LIST, RequestKind.DELETE),
  /** A GET of a range is answered 200 with the whole object. */
  WHOLE_OBJECT(RequestKind.GET),
  /** A GET of a range is answered 206 with a larger one. */
  LARGER_RANGE(RequestKind.GET),
  /** A GET of a range is answered 206 with the first half of it. */
  SHORTER_RANGE(RequestKind.GET),
  /** The body of an answer to GET ends too early. */
  TRUNCATED(RequestKind.GET),
  /** One bit of the body of an answer to GET is another. */
  FLIPPED_BIT(RequestKind.GET);

  private final java.util.Set<RequestKind> kinds;

  Fault(RequestKind... kinds) {
    this.kinds = java.util.Set.of(kinds);
  }

  /** Whether it can happen to such a request. */
  boolean concerns(RequestKind kind) {
    return kinds.contains(kind);
  }
}
