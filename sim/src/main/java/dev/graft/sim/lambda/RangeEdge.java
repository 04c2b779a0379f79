package dev.graft.sim.lambda;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import org.jspecify.annotations.Nullable;

/** An edge that answers ranges of objects. */
@FunctionalInterface
public interface RangeEdge {
  /**
   * What it answers: perhaps more than was asked.
   *
   * @param offset of the first byte
   * @param bytes not changed by who gets them; fewer than asked when they were cut short on their
   *     way; null when there is no such object
   * @param asked how many bytes it asked the store for
   * @param total bytes of the object
   */
  record Piece(long offset, byte @Nullable [] bytes, int asked, long total) {
    /** How many bytes there should be. */
    int due() {
      return (int) Math.max(0, Math.min(asked, total - offset));
    }
  }

  /**
   * Answers one request.
   *
   * @throws GraftException.Unavailable when the store does not answer it
   */
  Piece read(ObjectKey key, long offset, int length);
}
