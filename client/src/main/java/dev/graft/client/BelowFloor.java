package dev.graft.client;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.Graft;

/** A replica that stands on a commit whose history was given up meanwhile (rule 5.4). */
final class BelowFloor {
  private BelowFloor() {}

  /** Whether an answer says that it cannot lead on from a position: it is the whole anew. */
  static boolean tells(Graft graft, Position since) {
    return graft.from().lsn().equals(Lsn.ZERO)
        && !since.lsn().equals(Lsn.ZERO)
        && !graft.upto().equals(since);
  }

  /**
   * What a caller is told whose local transactions stand on such a commit.
   *
   * @param pending how many
   */
  static GraftException.Gone refused(Position at, int pending) {
    return new GraftException.Gone(
        "this replica stands at commit "
            + at.lsn()
            + ", whose history was given up, with "
            + pending
            + " local transactions; what changed since then cannot be told, so they cannot be merged:"
            + " export what is here, discard them and reset the replica, then do the work anew");
  }
}
