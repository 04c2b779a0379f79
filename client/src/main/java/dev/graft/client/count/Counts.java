package dev.graft.client.count;

/**
 * What was asked of a remote.
 *
 * @param requests all of them
 * @param changes questions for changes, opens included
 * @param reads range reads
 * @param uploads segments brought
 * @param commits commit requests
 * @param bytesIn bytes that came with answers: page data and encoded maps
 * @param bytesOut bytes that left with requests
 * @param rounds the longest chain of requests each begun after the one before had ended
 */
public record Counts(
    long requests,
    long changes,
    long reads,
    long uploads,
    long commits,
    long bytesIn,
    long bytesOut,
    long rounds) {
  /** Nothing asked yet. */
  public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

  /** What came after an earlier reading of the same counter. */
  public Counts minus(Counts earlier) {
    return new Counts(
        requests - earlier.requests,
        changes - earlier.changes,
        reads - earlier.reads,
        uploads - earlier.uploads,
        commits - earlier.commits,
        bytesIn - earlier.bytesIn,
        bytesOut - earlier.bytesOut,
        rounds - earlier.rounds);
  }
}
