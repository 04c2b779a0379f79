package dev.graft.client;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;

/** What came of a push. */
public sealed interface PushResult {
  /**
   * All local transactions that there were are in the store.
   *
   * @param position of the last commit
   * @param transactions how many they were
   * @param commits how many commits carry them
   */
  record Pushed(Position position, int transactions, int commits) implements PushResult {}

  /** There was nothing to push. */
  record Nothing() implements PushResult {}

  /**
   * Others committed first and the policy found no way. Nothing of this landed beyond {@code base},
   * and nothing is lost: push with another policy.
   *
   * @param base the commit that the local transactions stand on
   * @param head the newest commit
   * @param changes what the others changed
   * @param pending how many local transactions wait
   * @param reason one sentence: which transaction met what
   */
  record Conflict(Position base, Position head, Changes changes, int pending, String reason)
      implements PushResult {}

  /**
   * All local transactions are in a fork; the replica stands on its own volume's head.
   *
   * @param child the fork
   * @param position of the last commit in the fork
   * @param transactions how many they were
   */
  record Forked(VolumeId child, Position position, int transactions) implements PushResult {}
}
