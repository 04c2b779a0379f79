package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageIdx;

/**
 * Pages that follow one another.
 *
 * @param first index of the first
 * @param pages how many; at least one
 */
public record PageRun(long first, long pages) {
  public PageRun {
    if (first < 1
        || pages < 1
        || pages > PageIdx.MAX_VALUE
        || first > PageIdx.MAX_VALUE - pages + 1) {
      throw new GraftException.Misuse(pages + " pages from page " + first + " on cannot be");
    }
  }

  /** Index of the last. */
  public long last() {
    return first + pages - 1;
  }
}
