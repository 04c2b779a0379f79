package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;
import java.util.List;

/**
 * What a commit says beside its map and its segments. The constructor holds the invariants of both
 * writing and reading.
 *
 * @param volume which
 * @param pageSize of the volume
 * @param lsn its number, from 1
 * @param count page count after it
 * @param smallest the smallest page count since its base, at most {@code count}
 * @param parent the hash of the commit before; at LSN 1 of the volume record
 * @param time commit time, to the millisecond; not before the parent's
 * @param snapshot the LSN that its transactions read, before {@code lsn}
 * @param transactions 1..256, in local order, together at most {@link #MAX_TRANSACTION_BYTES}
 */
public record CommitDraft(
    VolumeId volume,
    PageSize pageSize,
    Lsn lsn,
    PageCount count,
    PageCount smallest,
    Hash parent,
    Instant time,
    Lsn snapshot,
    List<TransactionRecord> transactions) {
  /** The most transactions of one commit. */
  public static final int MAX_TRANSACTIONS = 256;

  /** The most bytes of all {@link TransactionRecord#encodedBytes} of one commit: 10 KiB. */
  public static final int MAX_TRANSACTION_BYTES = 10 * 1024;

  public CommitDraft {
    time = Fields.millis(time);
    transactions = List.copyOf(transactions);
    if (lsn.equals(Lsn.ZERO) || !snapshot.isBefore(lsn)) {
      throw new GraftException.Misuse("commit " + lsn + " cannot have read commit " + snapshot);
    }
    if (smallest.compareTo(count) > 0) {
      throw new GraftException.Misuse(
          "the smallest page count " + smallest + " is above the page count " + count);
    }
    if (transactions.isEmpty() || transactions.size() > MAX_TRANSACTIONS) {
      throw new GraftException.Limit(
          "a commit has 1.." + MAX_TRANSACTIONS + " transactions, not " + transactions.size());
    }
    int bytes = transactions.stream().mapToInt(TransactionRecord::encodedBytes).sum();
    if (bytes > MAX_TRANSACTION_BYTES) {
      throw new GraftException.Limit(
          "transactions of "
              + bytes
              + " bytes do not fit one commit, which has "
              + MAX_TRANSACTION_BYTES);
    }
  }
}
