package dev.graft.client.view;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.fetch.Background;
import dev.graft.client.fetch.Fetcher;
import dev.graft.client.prefetch.FrameOrder;
import dev.graft.client.prefetch.Orders;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.client.prefetch.Touch;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.remote.Graft;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds pages of snapshots: at once when they are here, else by one range read. */
public final class PageFinder {
  private static final Whereabouts ZEROS = new Whereabouts.Zeros();
  private static final Whereabouts MOVED = new Whereabouts.Moved();

  private final WindowLoader windows;
  private final FrameCache cache;
  private final Fetcher fetcher;
  private final Prefetcher prefetcher;
  private final Background background;
  private final Orders orders;

  /** Fetches nothing yet. */
  public PageFinder(
      WindowLoader windows,
      FrameCache cache,
      Fetcher fetcher,
      Prefetcher prefetcher,
      Background background) {
    this.windows = windows;
    this.cache = cache;
    this.fetcher = fetcher;
    this.prefetcher = prefetcher;
    this.background = background;
    this.orders = new FetcherOrders(fetcher);
  }

  /**
   * The hot path: copies a part of a page that was touched before. Takes no lock and makes no
   * garbage.
   *
   * @param pin of the snapshot that reads
   * @return false when {@link #find} has to be asked
   */
  public static boolean copyTouched(
      MapView map,
      long pageIdx,
      int offsetInPage,
      MemorySegment target,
      long targetOffset,
      int length,
      long pin) {
    WindowView view = map.window((int) (pageIdx >>> 16));
    if (view == null) {
      return false;
    }
    if (!view.used) {
      view.used = true;
    }
    LoadedLeaf[] leaves = view.leaves;
    for (int i = 0; i < leaves.length; i++) {
      if (pageIdx > view.ceilings[i]) {
        break; // Ceilings only fall.
      }
      int ordinal = leaves[i].leaf().find(pageIdx);
      if (ordinal == Leaf.ABSENT) {
        continue;
      }
      if (ordinal == Leaf.CLEARED) {
        break;
      }
      CachedFrame frame = leaves[i].frame(ordinal);
      if (frame == null) {
        return false;
      }
      return frame.copy(pageIdx, offsetInPage, target, targetOffset, length, pin);
    }
    target.asSlice(targetOffset, length).fill((byte) 0);
    return true;
  }

  /** Finds a page, fetching its leaf and its frame if need be. */
  public Whereabouts find(MapView map, long pageIdx) {
    int window = Leaf.windowOf(pageIdx);
    WindowView view = windows.load(map, window);
    if (view == null) {
      return MOVED;
    }
    view.used = true;
    for (int i = 0; i < view.leaves.length && pageIdx <= view.ceilings[i]; i++) {
      int ordinal = view.leaves[i].leaf().find(pageIdx);
      if (ordinal == Leaf.CLEARED) {
        return ZEROS;
      }
      if (ordinal >= 0) {
        return fetch(map, window, view.leaves[i], ordinal);
      }
    }
    return ZEROS;
  }

  private Whereabouts fetch(MapView map, int window, LoadedLeaf leaf, int ordinal) {
    CachedFrame known = leaf.frame(ordinal);
    if (known != null && !known.isGone()) {
      return new Whereabouts.Here(known);
    }
    FrameRef ref = leaf.leaf().frame(ordinal);
    boolean here = cache.contains(FrameKey.of(ref));
    if (known != null) {
      leaf.forget(ordinal, known);
    }
    if (known == null || !here) {
      tell(map, window, leaf, ordinal, here);
    }
    CachedFrame frame = fetcher.frame(ref);
    if (frame == null) {
      return MOVED;
    }
    leaf.touch(ordinal, frame);
    return new Whereabouts.Here(frame);
  }

  /** Tells the prefetcher of a first touch. What was only moved within the cache is none. */
  private void tell(MapView map, int window, LoadedLeaf leaf, int ordinal, boolean here) {
    // Told before the read, so that what it wants is read at the same time.
    prefetcher.touched(
        new Touch(
            window,
            leaf.order(),
            ordinal,
            here,
            other -> largest(map, other),
            other -> background.submit(() -> windows.load(map, other))),
        orders);
  }

  /** The frames of the largest leaf of a window when it is at hand. */
  private @Nullable FrameOrder largest(MapView map, int window) {
    WindowView view = window < map.windowCount() ? map.window(window) : WindowView.EMPTY;
    if (view == null) {
      return null;
    }
    LoadedLeaf largest = null;
    for (LoadedLeaf leaf : view.leaves) {
      if (largest == null || leaf.leaf().frameCount() > largest.leaf().frameCount()) {
        largest = leaf;
      }
    }
    return largest == null ? FrameOrder.EMPTY : largest.order();
  }

  /** Keeps what came with the answer to an open, and orders what is sure to be needed soon. */
  public void opened(MapView map, List<Graft.CarriedFrame> carried) {
    fetcher.keep(carried);
    windows.orderEarly(map.root());
    prefetcher.opened(map.root(), carried.stream().map(Graft.CarriedFrame::ref).toList(), orders);
  }

  private record FetcherOrders(Fetcher fetcher) implements Orders {
    @Override
    public List<FrameRef> frames(List<FrameRef> frames) {
      return fetcher.guess(frames);
    }

    @Override
    public void range(HotRange range) {
      fetcher.hot(range);
    }
  }
}
