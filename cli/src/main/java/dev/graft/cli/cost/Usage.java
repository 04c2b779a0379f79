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
 * @param forksPerDay volumes that are forked, with tokens for one volume
 * @param viaPerToken by way of how many others a token was made that requests show, in the mean
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
    double republishesPerDay,
    double forksPerDay,
    double viaPerToken) {
  /** By way of so many others a token is made at most. */
  private static final double MAX_VIA = 16;

  /** An installation that nobody uses and that stores nothing. */
  public static final Usage IDLE =
      new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0);

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
    check("forks", forksPerDay, Double.MAX_VALUE);
    check("tokens that one is made by way of", viaPerToken, MAX_VIA);
  }

  private static void check(String what, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          what
              + ": "
              + value
              + " is not between 0 and "
              + (most > MAX_VIA ? "any number" : (int) most));
    }
  }
}
