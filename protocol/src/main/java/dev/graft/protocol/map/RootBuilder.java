package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Collects the frames and cleared pages of one map over all windows, in any order; each page is
 * mentioned once. Owned by one thread.
 */
public final class RootBuilder {
  private final PageCount count;
  private final PageCount smallest;
  private final SortedMap<Integer, LeafFiller> windows = new TreeMap<>();

  RootBuilder(PageCount count, PageCount smallest) {
    this.count = count;
    this.smallest = smallest;
  }

  /** Says that pages lie in a frame. */
  public RootBuilder addFrame(FrameRef ref, boolean hot, PageSet pages) {
    pages.forEachRange((first, last) -> addFrame(ref, hot, first, last));
    return this;
  }

  /** Says that pages lie in a frame. */
  public RootBuilder addFrame(FrameRef ref, boolean hot, PageRuns pages) {
    pages.forEachRun((first, pageCount) -> addFrame(ref, hot, first, first + pageCount - 1));
    return this;
  }

  /** Says that the pages from {@code first} to {@code last}, included, lie in a frame. */
  public RootBuilder addFrame(FrameRef ref, boolean hot, long first, long last) {
    check(last);
    for (int window = Leaf.windowOf(first); window <= Leaf.windowOf(last); window++) {
      LeafFiller filler = windows.computeIfAbsent(window, LeafFiller::new);
      filler.frame(ref, hot);
      filler.live(first, last);
    }
    return this;
  }

  /** Says that pages read as zeros. */
  public RootBuilder clear(PageSet pages) {
    pages.forEachRange((first, last) -> {
      check(last);
      for (int window = Leaf.windowOf(first); window <= Leaf.windowOf(last); window++) {
        windows.computeIfAbsent(window, LeafFiller::new).clear(first, last);
      }
    });
    return this;
  }

  private void check(long lastPage) {
    if (lastPage > count.value()) {
      throw new GraftException.Misuse("page " + lastPage + " lies beyond the page count " + count);
    }
  }

  /**
   * The map, with its list of hot ranges.
   *
   * @throws GraftException.Misuse when a page is mentioned twice or frames overlap
   */
  public Root build() {
    TreeMap<Integer, List<LeafLayer>> layers = new TreeMap<>();
    List<Leaf> leaves =
        windows.values().stream().map(LeafFiller::build).filter(leaf -> !leaf.isEmpty()).toList();
    leaves.forEach(leaf -> layers.put(leaf.window(), List.of(LeafLayer.inline(leaf))));
    return new Root(count, smallest, layers, List.of(), HotRanges.of(leaves));
  }
}
