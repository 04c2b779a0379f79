package dev.graft.client;

import dev.graft.client.view.LeafShelf;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.Graft;
import java.util.List;

/**
 * What a move does to a replica's map.
 *
 * @param after the whole map after it
 * @param laid what is laid over the map before; null in effect when {@code afresh}
 * @param afresh whether the map before does not matter, or the step cannot be told as one map laid
 *     over it
 */
record Step(Root after, Root laid, boolean afresh) {
  /**
   * Lays a graft over a standing, or over the empty volume if it begins there. Reads leaves only
   * where a stack has become too high.
   *
   * @throws GraftException.Unavailable when the graft begins at another commit: the map would lack
   *     all that is older
   */
  static Step of(Standing from, Graft graft, LeafShelf leaves) {
    if (!graft.from().equals(from.position)) {
      if (!graft.from().lsn().equals(Lsn.ZERO)) {
        throw new GraftException.Unavailable(
            "the replica stands at "
                + from.position
                + " and was told what changed since "
                + graft.from()
                + "; pull again");
      }
      return new Step(folded(graft.root(), leaves), graft.root(), true);
    }
    Root laid = Maps.lay(graft.root(), from.root(), leaves);
    Root after = folded(laid, leaves);
    boolean plain = after == laid && graft.root().branches().isEmpty();
    return new Step(after, graft.root(), !plain);
  }

  /** The same map, with stacks that have become too high folded. */
  static Root folded(Root root, LeafShelf leaves) {
    Root folded = root;
    for (int window : root.windows().keySet()) {
      if (root.needsFold(window)) {
        // A branch may lie beneath: cleared pages go on hiding what it says.
        boolean whole = root.branch(window) == null;
        Leaf leaf = Maps.window(root, window, whole, leaves);
        List<LeafLayer> layers = leaf == null ? List.of() : List.of(LeafLayer.inline(leaf));
        folded = folded.withLeaf(window, layers);
      }
    }
    return folded;
  }
}
