package dev.graft.client.view;

import dev.graft.client.cache.CachedFrame;

/** Where a page was found. */
public sealed interface Whereabouts {
  /** In a frame that is here. */
  record Here(CachedFrame frame) implements Whereabouts {}

  /** Nowhere: it reads as zeros. */
  record Zeros() implements Whereabouts {}

  /** The map names an object that is gone: the page lies elsewhere now. */
  record Moved() implements Whereabouts {}
}
