package dev.graft.client.local;

import dev.graft.client.Mutation;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A transaction that is kept locally and is not in the store yet. Immutable.
 *
 * @param work what it is, whatever it lies on
 * @param delta the map of what it wrote: laid over what it lies on; its places are local
 * @param owners the local objects that its pages lie in
 * @param bytes that it takes here
 */
public record LocalCommit(Work work, Root delta, List<SegmentId> owners, long bytes) {
  /**
   * What a transaction is, whatever it lies on.
   *
   * @param record as a commit lists it
   * @param snapshot the position of what it read; local commits beneath it are not told
   * @param before page count of what it read
   * @param count page count after it
   * @param smallest the smallest page count in between
   * @param readSet pages that it read
   * @param zeros pages that it wrote as zeros
   * @param mutation with which it can be done again
   */
  public record Work(
      TransactionRecord record,
      Position snapshot,
      PageCount before,
      PageCount count,
      PageCount smallest,
      PageSet readSet,
      PageSet zeros,
      Optional<Mutation> mutation) {
    /** Made once for it. */
    public IdempotencyKey key() {
      return record.key();
    }

    /** What it read and wrote, as rule 4.8 says. */
    public Hash digest() {
      return record.digest();
    }

    /** When it was committed here. */
    public Instant localTime() {
      return record.localTime();
    }
  }

  /** Made once for it. */
  public IdempotencyKey key() {
    return work.key();
  }
}
