package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.map.LeafPlace.InFrame;
import dev.graft.protocol.map.LeafPlace.Inline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The layers of a window, newest first. */
final class Stacks {
  /** As many leaves may lie over each other where a map is stored. */
  static final int MAX_STORED_LAYERS = 4;

  private Stacks() {}

  /** A ceiling as it counts for a window: none when it lies at the window's last page or above. */
  static long effective(int window, long ceiling) {
    return ceiling >= lastPage(window) ? LeafLayer.NO_CEILING : ceiling;
  }

  static long firstPage(int window) {
    return Math.max(1, (long) window << 16);
  }

  static long lastPage(int window) {
    return (long) window << 16 | 0xFFFF;
  }

  /**
   * A checked and unchangeable copy in which inline leaves have no ceiling: what it would hide is
   * taken out of them, so that equal meanings are equal values.
   *
   * @throws GraftException.Misuse when a leaf is of another window or a ceiling hides all of it
   */
  static SortedMap<Integer, List<LeafLayer>> checked(
      SortedMap<Integer, List<LeafLayer>> windows, int minWindow, int maxWindow) {
    TreeMap<Integer, List<LeafLayer>> copy = new TreeMap<>();
    windows.forEach((window, layers) -> {
      if (window < minWindow || window > maxWindow) {
        throw new GraftException.Misuse(
            "window " + window + " is not in " + minWindow + ".." + maxWindow);
      }
      layers.forEach(layer -> check(window, layer));
      List<LeafLayer> seen = lowered(window, layers, LeafLayer.NO_CEILING);
      if (!seen.isEmpty()) {
        copy.put(window, List.copyOf(seen));
      }
    });
    return Collections.unmodifiableSortedMap(copy);
  }

  private static void check(int window, LeafLayer layer) {
    if (layer.ceiling() < firstPage(window)) {
      throw new GraftException.Misuse(
          "ceiling " + layer.ceiling() + " hides all of window " + window + ": leave it out");
    }
    if (layer.place() instanceof Inline(Leaf leaf) && leaf.window() != window) {
      throw new GraftException.Misuse(
          "a leaf of window " + leaf.window() + " stands for window " + window);
    }
  }

  /** The older layers of a window as far as a ceiling lets them be seen; perhaps none. */
  static List<LeafLayer> lowered(int window, List<LeafLayer> layers, long ceiling) {
    if (ceiling < firstPage(window)) {
      return List.of();
    }
    List<LeafLayer> kept = new ArrayList<>(layers.size());
    for (LeafLayer each : layers) {
      LeafLayer layer = each.lowered(window, ceiling);
      if (layer.place() instanceof Inline(Leaf leaf)) {
        Leaf cut = leaf.cut(layer.ceiling());
        if (!cut.isEmpty()) {
          kept.add(cut == leaf && layer.ceilingIsNone() ? layer : LeafLayer.inline(cut));
        }
      } else {
        kept.add(layer);
      }
    }
    return kept;
  }

  /** The newer layers over the older ones, with inline neighbours folded. */
  static List<LeafLayer> over(List<LeafLayer> newer, List<LeafLayer> older) {
    List<LeafLayer> all = new ArrayList<>(newer.size() + older.size());
    all.addAll(newer);
    for (LeafLayer layer : older) {
      // The same stored leaf above, under the same or a higher ceiling, already says all of it.
      if (!(layer.place() instanceof InFrame place) || !covers(newer, place, layer.ceiling())) {
        all.add(layer);
      }
    }
    return folded(all);
  }

  private static boolean covers(List<LeafLayer> layers, InFrame place, long ceiling) {
    for (LeafLayer layer : layers) {
      if (layer.ceiling() >= ceiling && layer.place().equals(place)) {
        return true;
      }
    }
    return false;
  }

  private static List<LeafLayer> folded(List<LeafLayer> layers) {
    List<LeafLayer> out = new ArrayList<>(layers.size());
    List<LayeredLeaf> run = new ArrayList<>(layers.size());
    for (LeafLayer layer : layers) {
      if (layer.place() instanceof Inline(Leaf leaf)) {
        run.add(new LayeredLeaf(leaf, layer.ceiling()));
      } else {
        addFolded(run, out);
        out.add(layer);
      }
    }
    addFolded(run, out);
    return List.copyOf(out);
  }

  /**
   * Folds a run of inline leaves into one. Nothing that was hidden comes back: inline leaves are
   * cut at their ceilings, and so is all that lies below them.
   */
  private static void addFolded(List<LayeredLeaf> run, List<LeafLayer> out) {
    if (!run.isEmpty()) {
      Leaf leaf = Leaf.fold(run);
      if (!leaf.isEmpty()) {
        out.add(LeafLayer.inline(leaf));
      }
      run.clear();
    }
  }
}
