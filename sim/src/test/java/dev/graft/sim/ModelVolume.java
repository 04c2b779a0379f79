package dev.graft.sim;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A volume at one LSN, as simple as can be.
 *
 * @param count its pages
 * @param stamps of pages that are not zeros
 */
record ModelVolume(long count, Map<Long, Long> stamps) {
  static final ModelVolume EMPTY = new ModelVolume(0, Map.of());

  long stamp(long page) {
    return stamps.getOrDefault(page, 0L);
  }

  ModelVolume after(List<Attempt.Op> ops) {
    long newCount = count;
    Map<Long, Long> changed = new TreeMap<>(stamps);
    for (Attempt.Op op : ops) {
      switch (op) {
        case Attempt.Truncate(long to) -> {
          changed.keySet().removeIf(page -> page > to);
          newCount = to;
        }
        case Attempt.Write(long page, long stamp) -> {
          changed.remove(page);
          if (stamp != 0) {
            changed.put(page, stamp);
          }
          newCount = Math.max(newCount, page);
        }
      }
    }
    return new ModelVolume(newCount, changed);
  }
}
