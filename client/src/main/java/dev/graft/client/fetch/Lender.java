package dev.graft.client.fetch;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;

/**
 * Another cache that frames may be taken from instead of the store. Safe for use by many threads.
 */
@FunctionalInterface
public interface Lender {
  /** Lends nothing. */
  Lender NONE = (key, to) -> false;

  /**
   * Puts a frame into a cache, when it is here.
   *
   * @return whether it is in that cache now
   */
  boolean lend(FrameKey key, FrameCache to);
}
