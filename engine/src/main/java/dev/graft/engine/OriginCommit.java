package dev.graft.engine;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.ContentDigest;
import dev.graft.protocol.log.Pin;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import java.util.List;

/** LSN 1 of a fork: the parent's snapshot, in one transaction that says so. */
final class OriginCommit {
  private OriginCommit() {}

  /**
   * The commit that a pin and the map of the child's checkpoint make: always the same bytes.
   *
   * @param root with a smallest count of 0
   */
  static Commit of(Pin pin, Root root) {
    VolumeRecord child = pin.childRecord();
    Hash digest =
        new ContentDigest(
                child.start(),
                root.count(),
                root.smallest(),
                null,
                PageSet.empty(),
                PageSet.empty())
            .finish();
    TransactionRecord transaction =
        new TransactionRecord(
            new IdempotencyKey(pin.child().hi(), pin.child().lo()),
            digest,
            pin.created(),
            "",
            "fork of " + pin.parent() + " at " + pin.at().lsn());
    CommitDraft draft =
        new CommitDraft(
            pin.child(),
            pin.pageSize(),
            new Lsn(1),
            root.count(),
            root.smallest(),
            child.hash(),
            pin.created(),
            Lsn.ZERO,
            List.of(transaction));
    RootPlace place =
        new RootPlace.OfFork(pin.parent(), pin.at(), pin.checkpoint(), Hash.sha256(root.encode()));
    return Commit.of(draft, place, SegmentTable.Inline.NONE);
  }
}
