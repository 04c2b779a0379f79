package dev.graft.client.count;

/** The running sums behind {@link CountingRemote}. Safe for use by many threads. */
final class Tally {
  /** What kind of request it is. */
  enum Kind {
    CHANGES,
    READ,
    UPLOAD,
    COMMIT,
    OTHER
  }

  private final long[] byKind = new long[Kind.values().length];
  private long requests;
  private long bytesIn;
  private long bytesOut;

  /** The depth of the deepest request that has ended. */
  private long deepestEnded;

  /**
   * Notes that a request begins.
   *
   * @return its depth: one more than the deepest request that had ended by now
   */
  synchronized long begin(Kind kind, long bytes) {
    requests++;
    byKind[kind.ordinal()]++;
    bytesOut += bytes;
    return deepestEnded + 1;
  }

  /** Notes that a request of that depth has ended, well or not. */
  synchronized void end(long depth, long bytes) {
    bytesIn += bytes;
    deepestEnded = Math.max(deepestEnded, depth);
  }

  synchronized Counts counts() {
    return new Counts(
        requests,
        byKind[Kind.CHANGES.ordinal()],
        byKind[Kind.READ.ordinal()],
        byKind[Kind.UPLOAD.ordinal()],
        byKind[Kind.COMMIT.ordinal()],
        bytesIn,
        bytesOut,
        deepestEnded);
  }
}
