package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.HotRange;
import java.util.List;

/** Takes what a prefetcher wants. Nothing waits; what is here or under way is not asked again. */
public interface Orders {
  /**
   * Wants frames; neighbours are read together.
   *
   * @return those that are fetched now because of this; none when the budget does not allow it
   */
  List<FrameRef> frames(List<FrameRef> frames);

  /** Wants every frame of a range. */
  void range(HotRange range);
}
