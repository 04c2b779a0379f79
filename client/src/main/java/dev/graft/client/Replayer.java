package dev.graft.client;

/** Does pieces of work again, by their names. */
@FunctionalInterface
public interface Replayer {
  /**
   * Does the work on top of a transaction's snapshot: reads through it and stages in it, and
   * neither commits nor closes it.
   *
   * @throws dev.graft.protocol.error.GraftException.Misuse when it does not know the mutation
   * @throws RuntimeException when the work cannot be done on this snapshot: then nothing of the
   *     replay is kept, and all is as it was before
   */
  void replay(Mutation mutation, Transaction onto);
}
