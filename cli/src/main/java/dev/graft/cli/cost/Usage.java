package dev.graft.cli.cost;

/**
 * How an installation is used, all volumes together.
 *
 * @param commitsPerDay that were acknowledged
 * @param conflictsPerDay commits that were refused because another was first
 * @param pollsPerDay questions for changes that found nothing or little new
 * @param opensPerDay opens of a volume by a replica that has nothing
 * @param uploadsPerDay segments that are uploaded apart from their commit
 * @param readsPerDay range reads of page data
 * @param bytesReadPerDay what these bring to readers
 * @param edgeHitShare of the range reads, how many the edge answers itself, 0 to 1
 * @param storedBytes in the buckets
 * @param detailedShare of the requests, how many log lines say all, 0 to 1; each has a line
 * @param kms whether objects are encrypted by a key in KMS
 * @param accessLogs whether the buckets and the edge keep access logs
 * @param replicaQueriesPerDay requests to read replicas in Lambda
 * @param republishesPerDay new snapshots of these
 */
public record Usage(
    double commitsPerDay,
    double conflictsPerDay,
    double pollsPerDay,
    double opensPerDay,
    double uploadsPerDay,
    double readsPerDay,
    double bytesReadPerDay,
    double edgeHitShare,
    double storedBytes,
    double detailedShare,
    boolean kms,
    boolean accessLogs,
    double replicaQueriesPerDay,
    double republishesPerDay) {
  /** An installation that nobody uses and that stores nothing. */
  public static final Usage IDLE = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0);

  public Usage {
    check("commits", commitsPerDay, Double.MAX_VALUE);
    check("conflicts", conflictsPerDay, Double.MAX_VALUE);
    check("polls", pollsPerDay, Double.MAX_VALUE);
    check("opens", opensPerDay, Double.MAX_VALUE);
    check("uploads", uploadsPerDay, Double.MAX_VALUE);
    check("reads", readsPerDay, Double.MAX_VALUE);
    check("bytes read", bytesReadPerDay, Double.MAX_VALUE);
    check("the share of edge hits", edgeHitShare, 1);
    check("stored bytes", storedBytes, Double.MAX_VALUE);
    check("the share of requests logged in full", detailedShare, 1);
    check("queries of replicas", replicaQueriesPerDay, Double.MAX_VALUE);
    check("new snapshots of replicas", republishesPerDay, Double.MAX_VALUE);
  }

  private static void check(String what, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          what + ": " + value + " is not between 0 and " + (most == 1 ? "1" : "any number"));
    }
  }
}
