package dev.graft.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Which standings are pinned, and what to do when the last one that may need a thing is let go.
 * Safe for use by many threads.
 */
final class Pins {
  /** Something that standings up to a serial number may need. */
  private record Needed(long upTo, Runnable free) {}

  private final TreeMap<Long, Integer> pins = new TreeMap<>();
  private final ArrayDeque<Needed> needed = new ArrayDeque<>();

  synchronized void pin(Standing standing) {
    pins.merge(standing.serial, 1, Integer::sum);
  }

  void unpin(Standing standing) {
    List<Needed> free = new ArrayList<>();
    synchronized (this) {
      pins.computeIfPresent(standing.serial, (serial, count) -> count == 1 ? null : count - 1);
      long oldest = pins.isEmpty() ? Long.MAX_VALUE : pins.firstKey();
      while (!needed.isEmpty() && needed.getFirst().upTo < oldest) {
        free.add(needed.removeFirst());
      }
    }
    free.forEach(each -> each.free.run());
  }

  /**
   * Does something when no standing up to that serial number is pinned: at once, or later in the
   * thread that unpins.
   *
   * @param upTo not below that of the call before
   */
  void whenUnpinned(long upTo, Runnable free) {
    synchronized (this) {
      if (!pins.isEmpty() && pins.firstKey() <= upTo) {
        needed.add(new Needed(upTo, free));
        return;
      }
    }
    free.run();
  }
}
