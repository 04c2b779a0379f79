package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import java.util.List;

/** Lays leaves over each other. */
final class LeafFold {
  private LeafFold() {}

  /** Halves the list, so that each run is copied O(log layers) times. */
  static Leaf fold(List<LayeredLeaf> newestFirst) {
    return switch (newestFirst.size()) {
      case 0 -> throw new GraftException.Misuse("no leaves to fold");
      case 1 -> newestFirst.getFirst().leaf().cut(newestFirst.getFirst().ceiling());
      default -> {
        int half = newestFirst.size() / 2;
        yield over(
            fold(newestFirst.subList(0, half)),
            fold(newestFirst.subList(half, newestFirst.size())));
      }
    };
  }

  private static Leaf over(Leaf newer, Leaf older) {
    if (newer.window() != older.window()) {
      throw new GraftException.Misuse(
          "leaves of windows " + newer.window() + " and " + older.window() + " do not fold");
    }
    if (older.isEmpty()) {
      return newer;
    }
    if (newer.isEmpty()) {
      return older;
    }
    FrameTable.Union union = FrameTable.union(newer.frames(), older.frames());
    Extents extents =
        newer
            .extents()
            .renumbered(union.ofNewer())
            .over(older.extents().renumbered(union.ofOlder()));
    return Leaf.of(newer.window(), union.table(), extents);
  }
}
