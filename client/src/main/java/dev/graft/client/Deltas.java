package dev.graft.client;

import dev.graft.client.local.LocalCommit;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the maps of local commits say, all of whose leaves are at hand. */
final class Deltas {
  private Deltas() {}

  /** Pages that a local commit wrote, those of zeros among them. */
  static PageSet written(LocalCommit commit) {
    PageSet pages = commit.work().zeros();
    for (List<LeafLayer> layers : commit.delta().windows().values()) {
      for (LeafLayer layer : layers) {
        if (layer.place() instanceof LeafPlace.Inline(Leaf leaf)) {
          pages = pages.union(leaf.live());
        }
      }
    }
    return pages;
  }

  /** The map of several local commits together; null when there are none. */
  static @Nullable Root sum(List<LocalCommit> oldestFirst) {
    if (oldestFirst.isEmpty()) {
      return null;
    }
    return Maps.lay(oldestFirst.reversed().stream().map(LocalCommit::delta).toList());
  }
}
