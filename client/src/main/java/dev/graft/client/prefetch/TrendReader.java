package dev.graft.client.prefetch;

/**
 * Leap's decisions, apart from what frames are: how many to fetch ahead after a miss, and in which
 * steps. The window grows with the hits of what was fetched, to the next power of two, and is at
 * least halved from one miss to the next when hits stay away. One thread at a time.
 */
final class TrendReader {
  /**
   * What to fetch.
   *
   * @param frames how many; 0 for none
   * @param step from each to the next, in frames; the first is one step from the miss
   */
  record Ahead(int frames, long step) {
    static final Ahead NOTHING = new Ahead(0, AccessHistory.NONE);
  }

  private final AccessHistory history;
  private final int maxWindow;
  private int lastWindow;
  private int hits;

  /** The trend that was found last, for times in which there is none. */
  private long latest = AccessHistory.NONE;

  TrendReader(Leap.Settings settings) {
    this.history = new AccessHistory(settings.history(), settings.split());
    this.maxWindow = settings.maxWindow();
  }

  /** Something was touched that needed no fetch. */
  void here(long step) {
    history.add(step);
  }

  /** Something was touched that was fetched ahead and not touched before. */
  void hit(long step) {
    history.add(step);
    hits++;
  }

  /** Something was touched that had to be fetched. */
  Ahead miss(long step) {
    history.add(step);
    long trend = history.trend();
    int window = window(trend != AccessHistory.NONE && step == trend);
    if (trend != AccessHistory.NONE) {
      latest = trend;
    }
    return window == 0 || latest == AccessHistory.NONE ? Ahead.NOTHING : new Ahead(window, latest);
  }

  /** GetPrefetchWindowSize. */
  private int window(boolean followsTrend) {
    int window;
    if (hits == 0) {
      window = followsTrend ? 1 : 0;
    } else {
      window = Math.min(roundUp(hits + 1), maxWindow);
    }
    window = Math.max(window, lastWindow / 2);
    hits = 0;
    lastWindow = window;
    return window;
  }

  private static int roundUp(int number) {
    int power = Integer.highestOneBit(number);
    return power == number ? power : 2 * power;
  }
}
