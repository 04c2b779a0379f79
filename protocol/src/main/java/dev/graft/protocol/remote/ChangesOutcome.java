package dev.graft.protocol.remote;

import dev.graft.protocol.log.Position;

/** What came of a question for changes. */
public sealed interface ChangesOutcome {
  /** The changes. */
  record Changed(Graft graft) implements ChangesOutcome {}

  /**
   * The caller's position is not in this volume's history.
   *
   * @param claimed what the caller said
   * @param actual what stands at that LSN; the head when the LSN is beyond it
   */
  record Diverged(Position claimed, Position actual) implements ChangesOutcome {}
}
