package dev.graft.client.prefetch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The algorithms of the Leap paper as they are printed, over an endless row of pages, with the
 * simplest means: a list for the history, a count of every step for the majority. What is fetched
 * ahead is there at once.
 */
final class LeapReference {
  private final int historySize;
  private final int split;
  private final int maxWindow;
  private final List<Long> history = new ArrayList<>();
  private final Set<Long> here = new HashSet<>();
  private final Set<Long> prefetched = new HashSet<>();
  private @Nullable Long last;
  private long latestTrend;
  private int hits;
  private int lastWindow;

  /** Touches that had to wait. */
  int misses;

  /** Touches of what was fetched ahead, each page once. */
  int useful;

  LeapReference(Leap.Settings settings) {
    this.historySize = settings.history();
    this.split = settings.split();
    this.maxWindow = settings.maxWindow();
  }

  /** Pages fetched ahead and never touched. */
  int wasted() {
    return prefetched.size();
  }

  /** Touches a page; gives what is fetched ahead of it. */
  Set<Long> touch(long page) {
    long step = last == null ? AccessHistory.JUMP : page - last;
    last = page;
    history.add(step);
    if (history.size() > historySize) {
      history.removeFirst();
    }
    if (prefetched.remove(page)) {
      hits++;
      useful++;
      return Set.of();
    }
    if (!here.add(page)) {
      return Set.of();
    }
    misses++;
    return doPrefetch(page, step);
  }

  private Set<Long> doPrefetch(long page, long step) {
    long trend = findTrend();
    int window = windowSize(trend != 0 && step == trend);
    if (trend != 0) {
      latestTrend = trend;
    }
    Set<Long> ahead = new TreeSet<>();
    for (int i = 1; i <= window && latestTrend != 0; i++) {
      long next = page + i * latestTrend;
      ahead.add(next);
      if (here.add(next)) {
        prefetched.add(next);
      }
    }
    return ahead;
  }

  private long findTrend() {
    int size = history.size();
    if (size < 2) {
      return 0;
    }
    int window = Math.max(2, historySize / split);
    while (true) {
      Map<Long, Integer> counts = new HashMap<>();
      int looked = Math.min(window, size);
      for (long step : history.subList(size - looked, size)) {
        counts.merge(step, 1, Integer::sum);
      }
      for (Map.Entry<Long, Integer> each : counts.entrySet()) {
        if (each.getValue() > looked / 2
            && each.getKey() != AccessHistory.JUMP
            && each.getKey() != 0) {
          return each.getKey();
        }
      }
      window *= 2;
      if (window / 2 >= size) {
        return 0;
      }
    }
  }

  private int windowSize(boolean follows) {
    int window;
    if (hits == 0) {
      window = follows ? 1 : 0;
    } else {
      window = 1;
      while (window < hits + 1) {
        window *= 2;
      }
    }
    window = Math.min(window, maxWindow);
    if (window < lastWindow / 2) {
      window = lastWindow / 2;
    }
    hits = 0;
    lastWindow = window;
    return window;
  }
}
