package dev.graft.protocol.remote;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.util.List;

/**
 * Asks for one commit on top of a base.
 *
 * @param volume which
 * @param base the commit it goes on top of; LSN 0 with the volume record's hash for the first
 * @param snapshot the LSN that its transactions read, not after the base
 * @param count page count after it
 * @param smallest the smallest page count since the base
 * @param transactions 1..256, in local order
 * @param content what it writes
 */
public record CommitRequest(
    VolumeId volume,
    Position base,
    Lsn snapshot,
    PageCount count,
    PageCount smallest,
    List<TransactionRecord> transactions,
    Content content) {
  /** What a commit writes. */
  public sealed interface Content {
    /**
     * Everything travels in the commit: the frames, unstamped (owner: this volume at LSN 0; numbers
     * 0, 1, ...), together at most 64 KiB.
     *
     * @param frames encoded page frames
     * @param cleared pages that read as zeros from now on; meets no frame's pages
     */
    record Inline(List<byte[]> frames, PageSet cleared) implements Content {}

    /**
     * The pages lie in segments that were uploaded before.
     *
     * @param root inline when it encodes to at most 3 KiB, else a frame of one of the segments
     * @param segments every segment that the root names
     */
    record Segments(RootPlace root, SegmentTable segments) implements Content {}

    /**
     * The volume becomes again what it was at an LSN: no page travels (rule 5.2). The request's
     * counts are those of that snapshot, and its transactions are one.
     *
     * @param to the LSN, not below the floor and before the new commit
     */
    record Revert(Lsn to) implements Content {}
  }
}
