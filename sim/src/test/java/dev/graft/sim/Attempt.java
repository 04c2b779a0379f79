package dev.graft.sim;

import dev.graft.client.CommitResult;
import java.util.List;
import java.util.Map;

/**
 * One transaction of a client, as a judge sees it.
 *
 * @param name unique
 * @param baseLsn the snapshot that it read
 * @param reads pages and the stamps that it read there
 * @param ops what it did, in order
 * @param result what it was told
 */
record Attempt(
    String name, long baseLsn, Map<Long, Long> reads, List<Op> ops, CommitResult result) {
  /** A change to a volume. */
  sealed interface Op {}

  /** A page becomes what its stamp says; stamp 0 is a page of zeros. */
  record Write(long page, long stamp) implements Op {}

  /** The volume ends after so many pages. */
  record Truncate(long count) implements Op {}
}
