package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.wire.WireReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The top of a page map: of a whole snapshot, or of what changed since a base. The windows named
 * here lie over the branches' entries for the same windows. Immutable.
 *
 * @param count the page count
 * @param smallest the smallest page count since the base: hides, in older parts, every page above
 *     it
 * @param windows window number to its layers, newest first
 * @param branches beneath the windows, by ascending number; none for small volumes
 * @param hot ranges worth fetching early, page 1's first
 */
public record Root(
    PageCount count,
    PageCount smallest,
    SortedMap<Integer, List<LeafLayer>> windows,
    List<BranchPlace> branches,
    List<HotRange> hot) {
  /** A stored root names no more windows itself; with more there are branches. */
  public static final int MAX_WINDOWS = 1024;

  /** No encoded root is longer: 1 MiB. */
  public static final int MAX_ENCODED_BYTES = 1 << 20;

  private static final Root EMPTY = ofCount(PageCount.ZERO, PageCount.ZERO);

  /**
   * Checks and copies.
   *
   * @throws GraftException.Misuse when the smallest count is above the count, a leaf is of another
   *     window, branches are out of order or the hot ranges are over their limits
   */
  public Root {
    if (smallest.compareTo(count) > 0) {
      throw new GraftException.Misuse(
          "smallest page count " + smallest + " is above the page count " + count);
    }
    windows = Stacks.checked(windows, 0, Leaf.MAX_WINDOW);
    branches = List.copyOf(branches);
    hot = List.copyOf(hot);
    for (int i = 1; i < branches.size(); i++) {
      if (branches.get(i - 1).number() >= branches.get(i).number()) {
        throw new GraftException.Misuse("branch " + branches.get(i).number() + " is out of order");
      }
    }
    long hotBytes = hot.stream().mapToLong(HotRange::lengthBytes).sum();
    if (hot.size() > HotRange.MAX_RANGES || hotBytes > HotRange.MAX_TOTAL_BYTES) {
      throw new GraftException.Misuse(
          hot.size() + " hot ranges of " + hotBytes + " bytes are over the limits");
    }
  }

  /** The map of the empty volume. */
  public static Root empty() {
    return EMPTY;
  }

  /** A map that mentions no page. */
  public static Root ofCount(PageCount count, PageCount smallest) {
    return new Root(count, smallest, Collections.emptySortedMap(), List.of(), List.of());
  }

  /** Starts a map with inline leaves. */
  public static RootBuilder builder(PageCount count, PageCount smallest) {
    return new RootBuilder(count, smallest);
  }

  /** The layers that this root itself names for a window, newest first; empty when none. */
  public List<LeafLayer> layers(int window) {
    List<LeafLayer> layers = windows.get(window);
    return layers == null ? List.of() : layers;
  }

  /** The branch that covers a window and lies beneath {@link #layers}; null when there is none. */
  public @Nullable BranchPlace branch(int window) {
    int number = Branch.numberOf(window);
    for (BranchPlace branch : branches) {
      if (branch.number() == number) {
        return branch;
      }
    }
    return null;
  }

  /** Whether nothing is mentioned: laid over another map it changes counts only. */
  public boolean isEmpty() {
    return windows.isEmpty() && branches.isEmpty();
  }

  /** Whether a window's stack must be folded before this root can be stored. */
  public boolean needsFold(int window) {
    return layers(window).size() > Stacks.MAX_STORED_LAYERS;
  }

  /**
   * The same map with another stack for one window.
   *
   * @param layers newest first; empty to leave the window out
   */
  public Root withLeaf(int window, List<LeafLayer> layers) {
    TreeMap<Integer, List<LeafLayer>> changed = new TreeMap<>(windows);
    if (layers.isEmpty()) {
      changed.remove(window);
    } else {
      changed.put(window, layers);
    }
    return new Root(count, smallest, changed, branches, hot);
  }

  /** The same map with other windows and branches. */
  public Root withWindows(
      SortedMap<Integer, List<LeafLayer>> newWindows, List<BranchPlace> newBranches) {
    return new Root(count, smallest, newWindows, newBranches, hot);
  }

  /** The same map with another list of hot ranges. */
  public Root withHot(List<HotRange> ranges) {
    return new Root(count, smallest, windows, branches, ranges);
  }

  /**
   * The same map with one branch taken in: its windows are named by the root itself, beneath the
   * layers that are there.
   *
   * @param branch what {@link #branch} names for its windows
   */
  public Root expand(Branch branch) {
    BranchPlace place = branch(branch.number() * Branch.WINDOWS);
    if (place == null) {
      throw new GraftException.Misuse("the root names no branch " + branch.number());
    }
    TreeMap<Integer, List<LeafLayer>> changed = new TreeMap<>(windows);
    branch
        .windows()
        .forEach((window, layers) -> {
          List<LeafLayer> stack =
              Stacks.over(layers(window), Stacks.lowered(window, layers, place.ceiling()));
          if (!stack.isEmpty()) {
            changed.put(window, stack);
          }
        });
    List<BranchPlace> others = new ArrayList<>(branches);
    others.remove(place);
    return new Root(count, smallest, changed, others, hot);
  }

  /**
   * The bytes of this root, with a CRC32C in the last four.
   *
   * @throws GraftException.Limit when a window has more than 4 layers, there are more than {@link
   *     #MAX_WINDOWS} windows, or the bytes are more than 1 MiB
   */
  public byte[] encode() {
    return MapCodec.encode(this);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws GraftException.Corrupt when the bytes are not exactly that
   */
  public static Root decode(byte[] bytes, int offset, int length) {
    return MapCodec.decodeRoot(WireReader.sealed("root", bytes, offset, length));
  }

  /** Reads a whole array, see {@link #decode(byte[], int, int)}. */
  public static Root decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }
}
