package dev.graft.engine;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must be laid over a snapshot to get back to an earlier one: its pages where they lie, and
 * cleared pages. Only pages that changed in between are mentioned. For one thread.
 */
final class Difference {
  private final Root target;
  private final Root changes;
  private final StoredMaps maps;
  private final long lastSame;

  /** Page indexes up to which both snapshots may have pages of their own. */
  private final PageCount smallest;

  private final TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>();
  private final List<Leaf> leaves = new ArrayList<>();

  private Difference(Root target, Root changes, StoredMaps maps) {
    this.target = target;
    this.changes = changes;
    this.maps = maps;
    this.lastSame = changes.smallest().value();
    this.smallest = changes.count().min(target.count());
  }

  /**
   * The map that turns the later snapshot into the earlier one.
   *
   * @param target the whole map of the earlier one
   * @param changes the map of all commits from the earlier to the later one
   */
  static Root of(Root target, Root changes, StoredMaps maps) {
    return new Difference(target, changes, maps).root();
  }

  private Root root() {
    for (int window : changedWindows()) {
      add(window);
    }
    return new Root(target.count(), smallest, windows, List.of(), Maps.hotRanges(leaves));
  }

  /** Those that a change mentions, and those of the target that a truncation has hidden since. */
  private TreeSet<Integer> changedWindows() {
    TreeSet<Integer> changed = new TreeSet<>();
    int firstHidden = Leaf.windowOf(lastSame + 1);
    changed.addAll(changes.windows().keySet());
    changed.addAll(target.windows().tailMap(firstHidden).keySet());
    for (BranchPlace place : changes.branches()) {
      changed.addAll(maps.branch(place).windows().keySet());
    }
    for (BranchPlace place : target.branches()) {
      if (place.number() >= Branch.numberOf(firstHidden)) {
        changed.addAll(maps.branch(place).windows().tailMap(firstHidden).keySet());
      }
    }
    return changed;
  }

  private void add(int window) {
    Leaf now = Maps.window(changes, window, false, maps);
    Leaf then = Maps.window(target, window, true, maps);
    PageSet cleared = cleared(now, then);
    Leaf restored = then == null ? null : restored(window, now, then);
    List<LeafLayer> layers = new ArrayList<>();
    if (restored != null && Objects.equals(then, restored) && target.branch(window) == null) {
      // All of the window comes back: its leaves are referred to where they lie.
      if (!cleared.isEmpty()) {
        layers.add(LeafLayer.inline(Leaf.builder(window).clear(cleared).build()));
      }
      layers.addAll(target.layers(window));
    } else {
      Leaf.Builder leaf = Leaf.builder(window).clear(cleared);
      if (restored != null) {
        for (int ordinal = 0; ordinal < restored.frameCount(); ordinal++) {
          leaf.addFrame(restored.frame(ordinal), restored.hot(ordinal), restored.live(ordinal));
        }
      }
      Leaf built = leaf.build();
      if (!built.isEmpty()) {
        layers.add(LeafLayer.inline(built));
      }
    }
    if (!layers.isEmpty()) {
      windows.put(window, layers);
    }
    if (restored != null) {
      leaves.add(restored);
    }
  }

  /** Pages that have content now and had none then. */
  private PageSet cleared(@Nullable Leaf now, @Nullable Leaf then) {
    if (now == null) {
      return PageSet.empty();
    }
    PageSet live = now.live().cut(smallest.value());
    return then == null ? live : live.difference(then.live());
  }

  /** Those of the window's earlier pages that are not in their place any more; null when none. */
  private @Nullable Leaf restored(int window, @Nullable Leaf now, Leaf then) {
    FrameRef[] places = places(then);
    FrameRef[] placesNow = now == null ? new FrameRef[0] : places(now);
    Leaf.Builder leaf = Leaf.builder(window);
    int[] runs = {0};
    then.forEachExtent((first, count, ordinal) -> {
      long start = -1;
      for (long page = first; page <= first + count; page++) {
        boolean changed = page < first + count && changed(page, places[ordinal], now, placesNow);
        if (changed && start < 0) {
          start = page;
        } else if (!changed && start >= 0) {
          leaf.frame(places[ordinal], then.hot(ordinal)).live(start, page - 1);
          start = -1;
          runs[0]++;
        }
      }
    });
    return runs[0] == 0 ? null : leaf.build();
  }

  private boolean changed(long page, FrameRef place, @Nullable Leaf now, FrameRef[] placesNow) {
    int ordinal = now == null ? Leaf.ABSENT : now.find(page);
    return ordinal == Leaf.ABSENT
        ? page > lastSame
        : ordinal == Leaf.CLEARED || !placesNow[ordinal].equals(place);
  }

  private static FrameRef[] places(Leaf leaf) {
    FrameRef[] places = new FrameRef[leaf.frameCount()];
    for (int ordinal = 0; ordinal < places.length; ordinal++) {
      places[ordinal] = leaf.frame(ordinal);
    }
    return places;
  }
}
