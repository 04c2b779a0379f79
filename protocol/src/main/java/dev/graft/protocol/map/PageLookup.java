package dev.graft.protocol.map;

import dev.graft.protocol.frame.FrameRef;

/** What a map says about one page. */
public sealed interface PageLookup {
  /**
   * The page lies in a frame.
   *
   * @param frame where
   * @param hot whether the frame holds pages that are worth fetching early
   */
  record Found(FrameRef frame, boolean hot) implements PageLookup {}

  /** The page was cleared: it reads as zeros, whatever lies beneath this map. */
  record Cleared() implements PageLookup {}

  /**
   * No part mentions the page, or it lies above the page count. In the map of a whole snapshot it
   * reads as zeros.
   */
  record Absent() implements PageLookup {}
}
