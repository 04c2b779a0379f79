package dev.graft.client.write;

import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.page.PageSet;
import java.util.TreeMap;

/**
 * A set of pages that grows one page at a time in any order: one bit a page, in blocks of one
 * window. One thread at a time.
 */
public final class PageMarks {
  private final TreeMap<Integer, long[]> blocks = new TreeMap<>();
  private int lastWindow = -1;
  private long[] lastBlock = new long[0];

  /** An empty set. */
  public PageMarks() {}

  /** Adds a page. */
  public void add(long pageIdx) {
    int window = Leaf.windowOf(pageIdx);
    if (window != lastWindow) {
      lastBlock = blocks.computeIfAbsent(window, key -> new long[Leaf.WINDOW_PAGES / Long.SIZE]);
      lastWindow = window;
    }
    int low = (int) (pageIdx & 0xFFFF);
    lastBlock[low >>> 6] |= 1L << low;
  }

  /** Adds pages. */
  public void addAll(PageSet pages) {
    pages.forEach(this::add);
  }

  /** The set as it is now. */
  public PageSet toPageSet() {
    PageSet.Builder set = PageSet.builder();
    blocks.forEach((window, bits) -> {
      long base = (long) window << 16;
      for (int word = 0; word < bits.length; word++) {
        for (long rest = bits[word]; rest != 0; rest &= rest - 1) {
          set.add(base + word * 64L + Long.numberOfTrailingZeros(rest));
        }
      }
    });
    return set.build();
  }
}
