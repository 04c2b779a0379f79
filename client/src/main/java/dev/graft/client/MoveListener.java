package dev.graft.client;

/**
 * Is told of every move of a replica's current snapshot to another content, before anybody can see
 * the new one. A push that brings exactly what is here to the store is no move: only the position
 * that later snapshots tell is another one.
 */
public interface MoveListener {
  /**
   * Called under the replica's move lock: quick, no I/O, no call of the replica.
   *
   * @param from the snapshot before, not to be read here
   * @param to the snapshot after, not to be read here
   * @param changes between them
   * @param descendant whether {@code to} continues the history of {@code from}
   * @param own the transaction whose commit caused it, or null
   * @param merged whether {@code to} holds more than what {@code own} read and wrote: others
   *     committed since it began, so what its owner has read may have changed
   */
  void moved(
      Snapshot from,
      Snapshot to,
      Changes changes,
      boolean descendant,
      @org.jspecify.annotations.Nullable Transaction own,
      boolean merged);
}
