package dev.graft.client.files;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageIdx;
import java.util.Map;
import java.util.TreeMap;

/** Which pages of a volume of files belong to something; all others may be taken. */
final class FreePages {
  /** First to last page of each run that is used; no two of them touch. */
  private final TreeMap<Long, Long> used = new TreeMap<>();

  /** Page 1 is used. */
  FreePages() {
    used.put(1L, 1L);
  }

  /**
   * Marks pages as used.
   *
   * @return false, and nothing is marked, when one of them is used already
   */
  boolean use(PageRun run) {
    Map.Entry<Long, Long> before = used.floorEntry(run.last());
    if (before != null && before.getValue() >= run.first()) {
      return false;
    }
    long first = run.first();
    long last = run.last();
    if (before != null && before.getValue() == first - 1) {
      first = before.getKey();
    }
    Long joined = used.remove(last + 1);
    used.put(first, joined != null ? joined : last);
    return true;
  }

  /** Gives back pages that are used. */
  void release(PageRun run) {
    Map.Entry<Long, Long> whole = used.floorEntry(run.first());
    if (whole == null || whole.getValue() < run.last()) {
      throw new IllegalStateException("pages " + run + " are not used");
    }
    used.remove(whole.getKey());
    if (whole.getKey() < run.first()) {
      used.put(whole.getKey(), run.first() - 1);
    }
    if (whole.getValue() > run.last()) {
      used.put(run.last() + 1, whole.getValue());
    }
  }

  boolean isUsed(long pageIdx) {
    Map.Entry<Long, Long> run = used.floorEntry(pageIdx);
    return run != null && run.getValue() >= pageIdx;
  }

  /** The last page that is used. */
  long last() {
    return used.lastEntry().getValue();
  }

  /**
   * Takes pages in one run: right behind a page if they are free there, else in the smallest gap
   * that holds them, else at the end.
   *
   * @param after a page to go on from; 0 for none
   * @throws GraftException.Limit when there are no more page indexes
   */
  PageRun take(long pages, long after) {
    long first = isFree(after + 1, pages) && after > 0 ? after + 1 : smallestGap(pages);
    if (first + pages - 1 > PageIdx.MAX_VALUE) {
      throw new GraftException.Limit(
          "the volume has no room for " + pages + " more pages: its last used one is " + last());
    }
    PageRun run = new PageRun(first, pages);
    if (!use(run)) {
      throw new IllegalStateException("pages " + run + " are used");
    }
    return run;
  }

  private boolean isFree(long first, long pages) {
    Map.Entry<Long, Long> before = used.floorEntry(first + pages - 1);
    return before == null || before.getValue() < first;
  }

  private long smallestGap(long pages) {
    long best = last() + 1;
    long bestLength = Long.MAX_VALUE;
    long previous = 0;
    for (Map.Entry<Long, Long> run : used.entrySet()) {
      long gap = run.getKey() - previous - 1;
      if (gap >= pages && gap < bestLength) {
        best = previous + 1;
        bestLength = gap;
      }
      previous = run.getValue();
    }
    return best;
  }
}
