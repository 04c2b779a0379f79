package dev.graft.client.prefetch;

/**
 * The last steps between touched frames, in frames, and the trend among them: the step that more
 * than half of the newest ones were. Looks at few of them first, at twice as many when these show
 * none (FindTrend of the Leap paper). One thread at a time.
 */
final class AccessHistory {
  /** A step whose length is not known: the frames lie in windows too far apart. Never a trend. */
  static final long JUMP = Long.MIN_VALUE;

  /** What {@link #trend} gives when there is none: a step of no length leads nowhere. */
  static final long NONE = 0;

  /** One step alone is no trend. */
  private static final int FEWEST = 2;

  private final long[] steps;
  private final int firstWindow;
  private int size;

  /** Where the next step goes. */
  private int head;

  /**
   * @param size steps to remember
   * @param split into how many parts the history is cut for the first, smallest window
   */
  AccessHistory(int size, int split) {
    this.steps = new long[size];
    this.firstWindow = Math.max(FEWEST, size / split);
  }

  /** Remembers a step; the oldest one is forgotten. */
  void add(long step) {
    steps[head] = step;
    head = (head + 1) % steps.length;
    size = Math.min(size + 1, steps.length);
  }

  /** The newest step; {@link #NONE} when there is none. */
  long newest() {
    return size == 0 ? NONE : step(0);
  }

  /** The trend, or {@link #NONE}. */
  long trend() {
    if (size < FEWEST) {
      return NONE;
    }
    int window = firstWindow;
    while (true) {
      int looked = Math.min(window, size);
      long candidate = candidate(looked);
      if (candidate != NONE && candidate != JUMP && isMajority(candidate, looked)) {
        return candidate;
      }
      if (window >= size) {
        return NONE;
      }
      window *= 2;
    }
  }

  /** The only step that can be the majority (Boyer and Moore's vote). */
  private long candidate(int looked) {
    long candidate = NONE;
    int votes = 0;
    for (int i = 0; i < looked; i++) {
      long step = step(i);
      if (votes == 0) {
        candidate = step;
        votes = 1;
      } else {
        votes += step == candidate ? 1 : -1;
      }
    }
    return candidate;
  }

  private boolean isMajority(long candidate, int looked) {
    int count = 0;
    for (int i = 0; i < looked; i++) {
      if (step(i) == candidate) {
        count++;
      }
    }
    return count > looked / 2;
  }

  /** A step by age, 0 being the newest. */
  private long step(int age) {
    return steps[Math.floorMod(head - 1 - age, steps.length)];
  }
}
