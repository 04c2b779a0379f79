package dev.graft.client.prefetch;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.Leaf;
import java.util.Arrays;

/**
 * The frames of a leaf in the order of their first pages, hot ones left out: a scan meets them in
 * this order, and the hot ones are here already. Immutable. One object stands for one leaf.
 */
public final class FrameOrder {
  /** No frames. */
  public static final FrameOrder EMPTY = of(Leaf.builder(0).build());

  private final Leaf leaf;

  /** Ordinal by rank. */
  private final int[] ordinals;

  /** Rank by ordinal; -1 for hot frames. */
  private final int[] ranks;

  private FrameOrder(Leaf leaf, int[] ordinals, int[] ranks) {
    this.leaf = leaf;
    this.ordinals = ordinals;
    this.ranks = ranks;
  }

  /** The order of a leaf's frames. */
  public static FrameOrder of(Leaf leaf) {
    int[] ordinals = new int[leaf.frameCount()];
    int[] ranks = new int[leaf.frameCount()];
    Arrays.fill(ranks, -1);
    int[] next = {0};
    leaf.forEachExtent((first, count, ordinal) -> {
      if (ranks[ordinal] < 0 && !leaf.hot(ordinal)) {
        ranks[ordinal] = next[0];
        ordinals[next[0]++] = ordinal;
      }
    });
    return new FrameOrder(leaf, Arrays.copyOf(ordinals, next[0]), ranks);
  }

  /** How many frames there are. */
  public int size() {
    return ordinals.length;
  }

  /** The rank of a frame, or -1 when it is hot. */
  public int rank(int ordinal) {
    return ranks[ordinal];
  }

  /** Where the frame of a rank lies. */
  public FrameRef frame(int rank) {
    return leaf.frame(ordinals[rank]);
  }
}
