package dev.graft.client;

import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;

/**
 * What a group of transactions carries that travel in one commit, and who may go with them. For one
 * thread.
 */
final class Load {
  /** The most bytes of frames of one commit: what fits the commit itself. */
  static final int MAX_FRAME_BYTES = ReplicaOptions.Limits.MOST_INLINE_BYTES;

  private int transactionBytes;
  private long frameBytes;
  private PageSet written = PageSet.empty();
  private boolean countChanged;

  /** Whether others may go with it: its pages are in the request itself. */
  static boolean mayShare(CommitRequest request) {
    return request.content() instanceof CommitRequest.Content.Inline;
  }

  /**
   * Whether it fits, and has nothing to do with what those wrote who go already. The bytes of
   * transactions are used up before {@link CommitDraft#MAX_TRANSACTIONS} of them are there.
   */
  boolean mayTake(CommitRequest request, Footprint footprint) {
    return mayShare(request)
        && !countChanged
        && footprint.meets(written).isEmpty()
        && transactionBytes + transactionBytes(request) <= CommitDraft.MAX_TRANSACTION_BYTES
        && frameBytes + frameBytes(request) <= MAX_FRAME_BYTES;
  }

  void add(CommitRequest request, Footprint footprint) {
    transactionBytes += transactionBytes(request);
    frameBytes += frameBytes(request);
    written = written.union(footprint.writes());
    countChanged |= !request.count().equals(footprint.before());
  }

  private static int transactionBytes(CommitRequest request) {
    return request.transactions().stream().mapToInt(TransactionRecord::encodedBytes).sum();
  }

  private static long frameBytes(CommitRequest request) {
    return request.content() instanceof CommitRequest.Content.Inline inline
        ? inline.frames().stream().mapToLong(frame -> frame.length).sum()
        : 0;
  }
}
