package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Root;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Fetches at once, right after an open, all hot ranges that the map lists: at most 4 MiB in all.
 * With them here, a look-up in a tree of any depth waits for its leaf page only.
 */
public final class HotPages implements Prefetcher {
  /** What was wanted before in this process; guarded by this. */
  private final Set<HotRange> known = new HashSet<>();

  /** Has wanted nothing yet. */
  public HotPages() {}

  @Override
  public void opened(Root root, List<FrameRef> carried, Orders orders) {
    for (HotRange range : root.hot()) {
      if (isNew(range)) {
        long begin = endOfCarried(range, carried);
        long end = range.offsetBytes() + range.lengthBytes();
        if (begin < end) {
          orders.range(new HotRange(range.owner(), begin, (int) (end - begin)));
        }
      }
    }
  }

  private synchronized boolean isNew(HotRange range) {
    return known.add(range);
  }

  /** Where in the range the first byte lies that did not come with the answer. */
  private static long endOfCarried(HotRange range, List<FrameRef> carried) {
    long begin = range.offsetBytes();
    boolean found = true;
    while (found) {
      found = false;
      for (FrameRef frame : carried) {
        if (frame.offsetBytes() == begin && frame.owner().equals(range.owner())) {
          begin += frame.lengthBytes();
          found = true;
        }
      }
    }
    return begin;
  }

  @Override
  public void touched(Touch touch, Orders orders) {
    // Hot pages are fetched once, at the open.
  }
}
