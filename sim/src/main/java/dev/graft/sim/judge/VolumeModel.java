package dev.graft.sim.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A volume at all of its LSNs, as simple as can be: for each page its versions. */
final class VolumeModel {
  /**
   * What a page became.
   *
   * @param isCut whether the volume was cut below it
   */
  record Version(long lsn, String content, boolean isCut) {}

  private static final Version NEVER = new Version(0, Event.ZEROS, false);

  private final Map<Long, List<Version>> versions = new HashMap<>();
  private final NavigableMap<Long, String> live = new TreeMap<>();
  private final NavigableMap<Long, Long> counts = new TreeMap<>(Map.of(0L, 0L));

  /** The volume that this one began as; null for none. */
  final @Nullable VolumeModel parent;

  final long parentLsn;

  VolumeModel() {
    this.parent = null;
    this.parentLsn = 0;
  }

  /** A volume whose LSN 1 is a snapshot of another. */
  VolumeModel(VolumeModel parent, long parentLsn) {
    this.parent = parent;
    this.parentLsn = parentLsn;
    for (long page : parent.versions.keySet()) {
      write(1, page, parent.at(page, parentLsn).content());
    }
    end(1, parent.count(parentLsn));
  }

  /** What the page is after all that was applied. */
  String now(long page) {
    return live.getOrDefault(page, Event.ZEROS);
  }

  /** The pages that were ever anything but zeros. */
  Set<Long> pages() {
    return versions.keySet();
  }

  long countNow() {
    return counts.lastEntry().getValue();
  }

  long newest() {
    return counts.lastKey();
  }

  void write(long lsn, long page, String content) {
    put(lsn, page, content, false);
  }

  private void put(long lsn, long page, String content, boolean isCut) {
    if (!versions.containsKey(page) && content.equals(Event.ZEROS)) {
      return;
    }
    List<Version> all = versions.computeIfAbsent(page, unknown -> new ArrayList<>(2));
    if (!all.isEmpty() && all.getLast().lsn() == lsn) {
      all.removeLast();
    }
    all.add(new Version(lsn, content, isCut));
    if (content.equals(Event.ZEROS)) {
      live.remove(page);
    } else {
      live.put(page, content);
    }
  }

  /** The pages above are gone. */
  void cut(long lsn, long count) {
    SortedMap<Long, String> above = live.tailMap(count, false);
    for (long page : List.copyOf(above.keySet())) {
      put(lsn, page, Event.ZEROS, true);
    }
  }

  /** All becomes what it was. */
  void revert(long lsn, long to) {
    for (long page : List.copyOf(versions.keySet())) {
      String then = at(page, to).content();
      if (!then.equals(now(page))) {
        put(lsn, page, then, false);
      }
    }
    end(lsn, count(to));
  }

  /** The commit is complete. */
  void end(long lsn, long count) {
    counts.put(lsn, count);
  }

  /** The version that is seen at an LSN. */
  Version at(long page, long lsn) {
    List<Version> all = versions.getOrDefault(page, List.of());
    int low = 0;
    int high = all.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all.get(middle).lsn() <= lsn) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? NEVER : all.get(low - 1);
  }

  /** The newest version with this content, at any LSN; null when there never was one. */
  @Nullable Version withContent(long page, String content) {
    if (content.equals(Event.ZEROS)) {
      return NEVER;
    }
    Version found = null;
    for (Version version : versions.getOrDefault(page, List.of())) {
      if (version.content().equals(content)) {
        found = version;
      }
    }
    return found;
  }

  long count(long lsn) {
    return counts.floorEntry(lsn).getValue();
  }

  /** The pages that are not zeros at an LSN. */
  Map<Long, String> all(long lsn) {
    if (lsn >= newest()) {
      return live;
    }
    Map<Long, String> all = new TreeMap<>();
    for (long page : versions.keySet()) {
      Version version = at(page, lsn);
      if (!version.content().equals(Event.ZEROS)) {
        all.put(page, version.content());
      }
    }
    return all;
  }
}
