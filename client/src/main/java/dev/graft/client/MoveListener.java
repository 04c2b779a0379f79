package dev.graft.client;

/** Is told of every move of a replica's current snapshot, before anybody can see the new one. */
public interface MoveListener {
  /**
   * Called under the replica's move lock: quick, no I/O, no call of the replica.
   *
   * @param from the snapshot before, not to be read here
   * @param to the snapshot after, not to be read here
   * @param changes between them
   * @param descendant whether {@code to} continues the history of {@code from}
   * @param own the transaction whose commit caused it, or null
   */
  void moved(
      Snapshot from,
      Snapshot to,
      Changes changes,
      boolean descendant,
      @org.jspecify.annotations.Nullable Transaction own);
}
