package dev.graft.client;

import dev.graft.protocol.id.VolumeId;

/** What to do about local commits when others committed first. */
public sealed interface Policy {
  /** Nothing is changed; the conflict is told. */
  record Reject() implements Policy {}

  /**
   * Each local transaction is done again on the new head, in order: by its closure when this
   * process made it, else by its mutation.
   */
  record Replay(Replayer replayer) implements Policy {}

  /**
   * Local transactions are laid on the new head as they are when neither what they read nor what
   * they wrote was changed by others; else the conflict is told.
   */
  record Merge() implements Policy {}

  /**
   * Local transactions go to a new volume that forks from the snapshot that they were made on. The
   * replica moves to the volume's head.
   *
   * @param child the new volume's id
   */
  record Fork(VolumeId child) implements Policy {}
}
