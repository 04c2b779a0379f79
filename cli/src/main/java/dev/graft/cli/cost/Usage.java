package dev.graft.cli.cost;

/**
 * How an installation is used, all volumes together.
 *
 * @param commitsPerDay that were acknowledged
 * @param conflictsPerDay commits that were refused because another was first
 * @param pollsPerDay questions for changes that found nothing or little new
 * @param opensPerDay opens of a volume by a replica that has nothing
 * @param readsPerDay range reads of page data
 * @param bytesReadPerDay what these bring to readers
 * @param edgeHitShare of the range reads, how many the edge answers itself, 0 to 1
 * @param storedBytes in the buckets
 * @param loggedShare of the requests, how many leave a log line, 0 to 1
 * @param kms whether objects are encrypted by a key in KMS
 */
public record Usage(
    double commitsPerDay,
    double conflictsPerDay,
    double pollsPerDay,
    double opensPerDay,
    double readsPerDay,
    double bytesReadPerDay,
    double edgeHitShare,
    double storedBytes,
    double loggedShare,
    boolean kms) {
  /** An installation that nobody uses and that stores nothing. */
  public static final Usage IDLE = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  public Usage {
    check("commits", commitsPerDay, Double.MAX_VALUE);
    check("conflicts", conflictsPerDay, Double.MAX_VALUE);
    check("polls", pollsPerDay, Double.MAX_VALUE);
    check("opens", opensPerDay, Double.MAX_VALUE);
    check("reads", readsPerDay, Double.MAX_VALUE);
    check("bytes read", bytesReadPerDay, Double.MAX_VALUE);
    check("the share of edge hits", edgeHitShare, 1);
    check("stored bytes", storedBytes, Double.MAX_VALUE);
    check("the share of logged requests", loggedShare, 1);
  }

  private static void check(String what, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          what + ": " + value + " is not between 0 and " + (most == 1 ? "1" : "any number"));
    }
  }
}
