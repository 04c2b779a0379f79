package dev.graft.client.view;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.fetch.Background;
import dev.graft.client.fetch.Fetcher;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Orders the frames of pages that a caller names, without waiting. Safe for use by many threads.
 */
public final class PageOrders {
  private final WindowLoader windows;
  private final FrameCache cache;
  private final Fetcher fetcher;
  private final Background background;

  /** Orders nothing yet. */
  public PageOrders(
      WindowLoader windows, FrameCache cache, Fetcher fetcher, Background background) {
    this.windows = windows;
    this.cache = cache;
    this.fetcher = fetcher;
    this.background = background;
  }

  /** Whether a read of the page would wait for nothing, as far as is known at hand. */
  public boolean isHere(MapView map, long pageIdx) {
    WindowView view = windows.loadIfHere(map, Leaf.windowOf(pageIdx));
    if (view == null) {
      return false;
    }
    LoadedLeaf leaf = view.leafOf(pageIdx);
    if (leaf == null) {
      return true;
    }
    int ordinal = leaf.leaf().find(pageIdx);
    CachedFrame known = leaf.frame(ordinal);
    return (known != null && !known.isGone())
        || cache.contains(FrameKey.of(leaf.leaf().frame(ordinal)));
  }

  /** Orders the frames of pages that may be read soon, as far as the budget for guesses goes. */
  public void expect(MapView map, long... pages) {
    Set<FrameRef> known = new LinkedHashSet<>();
    Map<Integer, List<Long>> elsewhere = new LinkedHashMap<>();
    for (long page : pages) {
      WindowView view = windows.loadIfHere(map, Leaf.windowOf(page));
      if (view == null) {
        elsewhere.computeIfAbsent(Leaf.windowOf(page), key -> new ArrayList<>()).add(page);
      } else {
        addFrame(view, page, known);
      }
    }
    fetcher.guess(List.copyOf(known));
    elsewhere.forEach((window, its) -> background.submit(() -> expect(map, window, its)));
  }

  private void expect(MapView map, int window, List<Long> pages) {
    WindowView view = windows.load(map, window);
    if (view != null) {
      Set<FrameRef> frames = new LinkedHashSet<>();
      pages.forEach(page -> addFrame(view, page, frames));
      fetcher.guess(List.copyOf(frames));
    }
  }

  /** Orders the frames of pages that a caller asked for by name. */
  public void prefetch(MapView map, PageSet pages) {
    PageSet left = pages.cut(map.root().count().value());
    while (!left.isEmpty()) {
      int window = Leaf.windowOf(left.first());
      long last = ((window + 1L) << 16) - 1;
      PageSet its = left.cut(last);
      WindowView view = map.window(window);
      if (view != null) {
        order(view, its);
      } else {
        background.submit(() -> {
          WindowView loaded = windows.load(map, window);
          if (loaded != null) {
            order(loaded, its);
          }
        });
      }
      left = left.from(last + 1);
    }
  }

  private void order(WindowView view, PageSet pages) {
    Set<FrameRef> frames = new LinkedHashSet<>();
    pages.forEach(page -> addFrame(view, page, frames));
    fetcher.later(List.copyOf(frames));
  }

  private static void addFrame(WindowView view, long page, Set<FrameRef> frames) {
    LoadedLeaf leaf = view.leafOf(page);
    if (leaf != null) {
      frames.add(leaf.leaf().frame(leaf.leaf().find(page)));
    }
  }
}
