package dev.graft.protocol.remote;

import dev.graft.protocol.log.Position;
import java.time.Instant;

/** What came of a commit request. A misuse or a base below the floor is an exception. */
public sealed interface CommitOutcome {
  /**
   * It is in the log, once, and durable.
   *
   * @param position its place
   * @param time its commit time
   * @param graft the map of this very commit, to be laid on the base
   */
  record Committed(Position position, Instant time, Graft graft) implements CommitOutcome {}

  /**
   * Another commit stands at the LSN; nothing of this request landed or can land.
   *
   * @param graft what changed since the base
   */
  record Conflict(Graft graft) implements CommitOutcome {}
}
