package dev.graft.replica;

import dev.graft.protocol.id.Lsn;
import java.time.Instant;

/**
 * What is told beside the rows.
 *
 * @param rows how many
 * @param truncated why there are not more
 * @param lsn of the snapshot that they were read from
 * @param time its commit time
 * @param asOf an instant at which it was known to be the head; for a snapshot of the past, when it
 *     was asked for
 * @param reopened whether the snapshot from before could not be led on, because it lay below the
 *     floor or in another history, and the volume was opened anew
 * @param cost of this question
 */
record Facts(
    long rows,
    Truncated truncated,
    Lsn lsn,
    Instant time,
    Instant asOf,
    boolean reopened,
    Cost cost) {
  /** Why rows are missing at the end. */
  enum Truncated {
    NO,
    ROWS,
    BYTES
  }

  /**
   * What was asked of the volume's remote meanwhile, by all questions of this process.
   *
   * @param requests in all
   * @param changes of these: what is new, or an opening
   * @param reads of these: ranges of pages and of large maps
   * @param bytes that came
   */
  record Cost(long requests, long changes, long reads, long bytes) {}
}
