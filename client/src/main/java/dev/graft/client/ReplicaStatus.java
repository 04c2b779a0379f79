package dev.graft.client;

import dev.graft.client.prefetch.PrefetchStatus;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;

/**
 * Where a replica stands. Counters are those of this process.
 *
 * @param volume the volume
 * @param pageSize bytes a page
 * @param state how the replica relates to the last head that it saw
 * @param position what it stands on
 * @param time the commit time of that
 * @param remoteHead the newest commit that it has seen
 * @param pending local transactions that are not in the store yet
 * @param pendingBytes what they take in the folder
 * @param pageCount pages of the volume
 * @param pagesHere how many of the current pages lie in the local cache
 * @param bytesHere bytes of page data in the local cache
 * @param requests client requests made
 * @param rounds longest chain of requests each begun after the one before had ended
 * @param bytesFetched bytes that came with answers
 * @param prefetch what became of frames that were fetched before they were asked for
 */
public record ReplicaStatus(
    VolumeId volume,
    PageSize pageSize,
    State state,
    Position position,
    Instant time,
    Position remoteHead,
    int pending,
    long pendingBytes,
    PageCount pageCount,
    long pagesHere,
    long bytesHere,
    long requests,
    long rounds,
    long bytesFetched,
    PrefetchStatus prefetch) {
  /** How a replica relates to the last head that it saw. */
  public enum State {
    /** It stands on that head. */
    UP_TO_DATE,
    /** It stands on that head and has local transactions beyond it. */
    AHEAD,
    /** That head is newer. */
    BEHIND,
    /** That head is newer, and there are local transactions: a push needs a policy. */
    AHEAD_AND_BEHIND,
    /**
     * Its position lies below the volume's floor and local transactions stand on it: they can be
     * read, and have to be discarded and done anew after a reset.
     */
    GONE,
    /** Its position is not in the volume's history: only a reset helps. */
    DIVERGED
  }
}
