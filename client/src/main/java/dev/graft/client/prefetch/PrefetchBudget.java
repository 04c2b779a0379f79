package dev.graft.client.prefetch;

/**
 * How many bytes may be fetched on a guess, and how many reads made twice. A guessed byte is spent
 * when it is ordered and comes back when its frame is touched; each byte that a reader needed,
 * fetched ahead or not, earns a share. So guesses that help are never held back, and of all bytes
 * fetched no more than the allowance and the share are ever wasted.
 *
 * @param allowanceBytes guessed bytes under way or not touched that are free
 * @param sharePercent of the bytes that readers needed, so many more may be guessed in vain
 * @param underWayBytes the most guessed bytes under way at one time
 * @param hedgedPercent of small reads, so many may be sent a second time when they take long
 */
public record PrefetchBudget(
    long allowanceBytes, int sharePercent, long underWayBytes, int hedgedPercent) {
  /** Lets nine reads of 8 MiB be ahead of each of two scans. */
  public static final PrefetchBudget DEFAULT = new PrefetchBudget(160L << 20, 100, 160L << 20, 5);

  /** Guesses nothing. */
  public static final PrefetchBudget NONE = new PrefetchBudget(0, 0, 0, 0);

  /** Checks that no number is negative. */
  public PrefetchBudget {
    if (allowanceBytes < 0 || sharePercent < 0 || underWayBytes < 0 || hedgedPercent < 0) {
      throw new IllegalArgumentException(
          allowanceBytes + " bytes, " + sharePercent + " %, " + underWayBytes + " bytes under way");
    }
  }
}
