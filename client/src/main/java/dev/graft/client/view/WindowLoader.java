package dev.graft.client.view;

import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes windows of a map to hand: finds their leaves, and fetches those that are not here. */
public final class WindowLoader {
  /** The most bytes of leaves that are fetched before anybody needs them. */
  private static final int MAX_EARLY_BYTES = 256 * 1024;

  private final LeafShelf shelf;

  /** Takes leaves from the shelf. */
  public WindowLoader(LeafShelf shelf) {
    this.shelf = shelf;
  }

  /**
   * The window, fetched if need be: its branch, then all its leaves together.
   *
   * @return null when a part of the map lay in an object that is gone
   */
  @Nullable WindowView load(MapView map, int window) {
    WindowView held = map.window(window);
    if (held != null) {
      return held;
    }
    List<LeafLayer> layers = layers(map.root(), window);
    if (layers == null || !shelf.bring(inFrames(layers))) {
      return null;
    }
    List<LoadedLeaf> leaves = new ArrayList<>();
    for (LeafLayer layer : layers) {
      LoadedLeaf leaf =
          switch (layer.place()) {
            case LeafPlace.Inline(Leaf here) -> new LoadedLeaf(here);
            case LeafPlace.InFrame place -> shelf.load(place);
          };
      if (leaf == null) {
        return null;
      }
      leaves.add(leaf);
    }
    map.hold(window, view(layers, leaves));
    WindowView winner = map.window(window);
    // It may have been let go again in between: then this one serves the caller alone.
    return winner != null ? winner : view(layers, leaves);
  }

  /** The window when it can be had without a fetch; else null. */
  @Nullable WindowView loadIfHere(MapView map, int window) {
    WindowView held = map.window(window);
    if (held != null) {
      return held;
    }
    if (window >= map.windowCount() || map.root().branch(window) != null) {
      return null;
    }
    for (LeafPlace.InFrame place : inFrames(map.root().layers(window))) {
      if (!shelf.isHere(place)) {
        return null;
      }
    }
    return load(map, window);
  }

  /**
   * Takes over from an older snapshot what is known about windows at hand, without any fetch. What
   * a leaf knows about its frames goes along.
   */
  public void inherit(MapView older, MapView newer) {
    int windows = Math.min(older.windowCount(), newer.windowCount());
    for (int window = 0; window < windows; window++) {
      WindowView before = older.window(window);
      if (before != null) {
        WindowView after = inherit(before, newer.root(), window);
        if (after != null) {
          newer.hold(window, after);
        }
      }
    }
  }

  private @Nullable WindowView inherit(WindowView before, Root root, int window) {
    if (root.branch(window) != null) {
      return null;
    }
    List<LeafLayer> layers = root.layers(window);
    List<LoadedLeaf> leaves = new ArrayList<>();
    for (LeafLayer layer : layers) {
      LoadedLeaf leaf =
          switch (layer.place()) {
            case LeafPlace.Inline(Leaf here) -> sameOrNew(before, here);
            case LeafPlace.InFrame place -> shelf.atHand(place);
          };
      if (leaf == null) {
        return null;
      }
      leaves.add(leaf);
    }
    return view(layers, leaves);
  }

  private static LoadedLeaf sameOrNew(WindowView before, Leaf leaf) {
    for (LoadedLeaf known : before.leaves) {
      if (known.leaf() == leaf) {
        return known;
      }
    }
    return new LoadedLeaf(leaf);
  }

  /**
   * Orders the leaves of a map's first windows, as far as they are few bytes: whoever opened the
   * map needs some of them at once, and in one read they cost one wait. Does not wait.
   */
  void orderEarly(Root root) {
    List<LeafPlace.InFrame> places = new ArrayList<>();
    long bytes = 0;
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafPlace.InFrame place : inFrames(layers)) {
        bytes += place.ref().lengthBytes();
        if (bytes > MAX_EARLY_BYTES) {
          shelf.order(places);
          return;
        }
        places.add(place);
      }
    }
    shelf.order(places);
  }

  private static WindowView view(List<LeafLayer> layers, List<LoadedLeaf> leaves) {
    if (leaves.isEmpty()) {
      return WindowView.EMPTY;
    }
    return new WindowView(leaves, layers.stream().mapToLong(LeafLayer::ceiling).toArray());
  }

  /** The whole stack of a window; null when its branch is gone. */
  private @Nullable List<LeafLayer> layers(Root root, int window) {
    BranchPlace place = root.branch(window);
    if (place == null) {
      return root.layers(window);
    }
    Branch branch = shelf.load(place);
    if (branch == null) {
      return null;
    }
    List<LeafLayer> all = new ArrayList<>(root.layers(window));
    for (LeafLayer layer : branch.layers(window)) {
      all.add(new LeafLayer(layer.place(), Math.min(layer.ceiling(), place.ceiling())));
    }
    return all;
  }

  private static List<LeafPlace.InFrame> inFrames(List<LeafLayer> layers) {
    List<LeafPlace.InFrame> places = new ArrayList<>();
    for (LeafLayer layer : layers) {
      if (layer.place() instanceof LeafPlace.InFrame place) {
        places.add(place);
      }
    }
    return places;
  }
}
