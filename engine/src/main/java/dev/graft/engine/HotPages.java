package dev.graft.engine;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps a map's list of hot ranges to what is live (rule 4.6). */
final class HotPages {
  private HotPages() {}

  /**
   * The same map with ranges that no leaf needs any more dropped, and the hot frames of leaves in
   * hand listed as they are now. A range that only leaves in frames can judge is kept: the list is
   * a hint.
   *
   * @param parts the maps that were laid over each other: an object that their leaves name and the
   *     result's do not has no live page left
   */
  static Root refreshed(Root root, List<Root> parts) {
    if (root.hot().isEmpty()) {
      return root;
    }
    List<Leaf> leaves = inlineLeaves(root);
    boolean allInHand = root.branches().isEmpty() && leaves.size() == layers(root);
    List<HotRange> unsure = new ArrayList<>();
    if (!allInHand) {
      Set<FrameOwner> dead = new HashSet<>();
      parts.forEach(part -> dead.addAll(owners(inlineLeaves(part))));
      dead.removeAll(owners(leaves));
      unsure.addAll(root.hot());
      unsure.removeIf(range -> dead.contains(range.owner()));
    }
    // Laying joins neighbours and keeps to the limits.
    return Maps.lay(
        root.withHot(Maps.hotRanges(leaves)),
        Root.ofCount(root.count(), root.count()).withHot(unsure));
  }

  private static Set<FrameOwner> owners(List<Leaf> leaves) {
    Set<FrameOwner> owners = new HashSet<>();
    for (Leaf leaf : leaves) {
      for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
        owners.add(leaf.frame(ordinal).owner());
      }
    }
    return owners;
  }

  private static int layers(Root root) {
    return root.windows().values().stream().mapToInt(List::size).sum();
  }

  private static List<Leaf> inlineLeaves(Root root) {
    List<Leaf> leaves = new ArrayList<>();
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        if (layer.place() instanceof LeafPlace.Inline(Leaf leaf)) {
          leaves.add(leaf);
        }
      }
    }
    return leaves;
  }
}
