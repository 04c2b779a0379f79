package dev.graft.client.view;

import dev.graft.protocol.map.Leaf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One window of one snapshot with all its leaves at hand, newest first. Immutable but for a mark
 * that it was used.
 */
final class WindowView {
  /** A window without leaves: every page of it reads as zeros. */
  static final WindowView EMPTY = new WindowView(List.of(), new long[0]);

  final LoadedLeaf[] leaves;

  /** Page indexes above it are hidden in the leaf of the same number. */
  final long[] ceilings;

  /** Set by readers, cleared by who looks for windows to let go; a lost write costs a re-read. */
  boolean used = true;

  WindowView(List<LoadedLeaf> leaves, long[] ceilings) {
    this.leaves = leaves.toArray(LoadedLeaf[]::new);
    this.ceilings = ceilings;
  }

  /** The leaf that names a page live; null when the page reads as zeros. */
  @Nullable LoadedLeaf leafOf(long pageIdx) {
    for (int i = 0; i < leaves.length && pageIdx <= ceilings[i]; i++) {
      int ordinal = leaves[i].leaf().find(pageIdx);
      if (ordinal != Leaf.ABSENT) {
        return ordinal == Leaf.CLEARED ? null : leaves[i];
      }
    }
    return null;
  }
}
