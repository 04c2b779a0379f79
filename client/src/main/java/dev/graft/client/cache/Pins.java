package dev.graft.client.cache;

import java.util.TreeSet;

/**
 * The pinned snapshots, by numbers in the order of their opening. Each frame is marked with the
 * oldest open pin that it was read through, as far as that is known without a lock. Safe for use by
 * many threads.
 */
final class Pins {
  /** The mark of a frame that no pin holds. */
  static final long NONE = Long.MAX_VALUE;

  private final Ticks ticks;

  /** Guarded by this. */
  private final TreeSet<Long> open = new TreeSet<>();

  /** Guarded by this. */
  private long next;

  Pins(Ticks ticks) {
    this.ticks = ticks;
  }

  /** A reader begins; what it gets has to be {@linkplain #release released}. */
  synchronized long hold() {
    long pin = next++;
    open.add(pin);
    ticks.oldestPin = open.first();
    return pin;
  }

  synchronized void release(long pin) {
    open.remove(pin);
    ticks.oldestPin = open.isEmpty() ? NONE : open.first();
  }

  synchronized boolean isOpen(long pin) {
    return open.contains(pin);
  }
}
