package dev.graft.client;

import dev.graft.protocol.log.Position;

/** What came of a commit. */
public sealed interface CommitResult {
  /** It is durable at the remote and the replica stands on it. */
  record Committed(Position position) implements CommitResult {}

  /**
   * It is safe in the replica's folder and the replica stands on it; the store has not heard of it.
   *
   * @param pending how many local transactions wait for a push, this one included
   */
  record Local(int pending) implements CommitResult {}

  /** Nothing was staged; no commit was made. */
  record Nothing() implements CommitResult {}

  /**
   * Another commit came first and nothing of this one landed. The replica stands where it stood;
   * {@link Replica#pull} is cheap now.
   */
  record Conflict(Position base, Position head, Changes changes) implements CommitResult {}
}
