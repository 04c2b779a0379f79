package dev.graft.client.view;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.protocol.map.LayeredLeaf;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts which pages of a snapshot are here. Walks the leaves that are here and asks for none, so
 * pages under a leaf that is not here are not counted.
 */
public final class PagesHere {
  private final LeafShelf leaves;
  private final FrameCache cache;

  /** Looks into both. */
  public PagesHere(LeafShelf leaves, FrameCache cache) {
    this.leaves = leaves;
    this.cache = cache;
  }

  /** How many pages of the map lie in frames that are here. */
  public long count(MapView map) {
    long pages = 0;
    for (var window : map.root().windows().entrySet()) {
      Leaf leaf = folded(window.getValue());
      if (leaf != null) {
        pages += count(leaf);
      }
    }
    return pages;
  }

  private long count(Leaf leaf) {
    long pages = 0;
    for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
      if (cache.contains(FrameKey.of(leaf.frame(ordinal)))) {
        pages += leaf.livePages(ordinal);
      }
    }
    return pages;
  }

  private @Nullable Leaf folded(List<LeafLayer> layers) {
    List<LayeredLeaf> stack = new ArrayList<>();
    for (LeafLayer layer : layers) {
      Leaf leaf =
          switch (layer.place()) {
            case LeafPlace.Inline(Leaf here) -> here;
            case LeafPlace.InFrame place -> here(place);
          };
      if (leaf == null) {
        return null;
      }
      stack.add(new LayeredLeaf(leaf, layer.ceiling()));
    }
    return Leaf.fold(stack);
  }

  private @Nullable Leaf here(LeafPlace.InFrame place) {
    LoadedLeaf known = leaves.atHand(place);
    if (known == null && cache.contains(FrameKey.of(place.ref()))) {
      known = leaves.load(place);
    }
    return known == null ? null : known.leaf();
  }
}
