package dev.graft.protocol.map;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.map.HotRanges.PageOne;
import dev.graft.protocol.map.LeafPlace.InFrame;
import dev.graft.protocol.map.LeafPlace.Inline;
import dev.graft.protocol.page.PageIdx;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is done with whole maps: lay one over another, find a page, list what is hot. */
public final class Maps {
  private static final PageLookup ABSENT = new PageLookup.Absent();
  private static final PageLookup CLEARED = new PageLookup.Cleared();

  private Maps() {}

  /**
   * The newer map over the older one: the map of what both say together. The newer hides in the
   * older what it mentions and what lies above its smallest count. The parts may overlap in time.
   * Nothing is read: leaves in frames are stacked, and a stack may become higher than may be stored
   * ({@link Root#needsFold}).
   *
   * @throws GraftException.Misuse when the newer map has a branch where the older one has pages:
   *     take it in first ({@link Root#expand}) or use {@link #lay(Root, Root, LeafSource)}
   */
  public static Root lay(Root newer, Root older) {
    long ceiling = newer.smallest().value();
    TreeMap<Integer, List<LeafLayer>> windows = new TreeMap<>(newer.windows());
    older
        .windows()
        .forEach((window, layers) -> {
          List<LeafLayer> seen = Stacks.lowered(window, layers, ceiling);
          if (!seen.isEmpty()) {
            refuseBranch(newer, window);
            windows.put(window, Stacks.over(newer.layers(window), seen));
          }
        });
    List<BranchPlace> branches = new ArrayList<>(newer.branches());
    for (BranchPlace branch : older.branches()) {
      int firstWindow = branch.number() * Branch.WINDOWS;
      if (Stacks.firstPage(firstWindow) <= ceiling) {
        refuseBranch(newer, firstWindow);
        branches.add(lowered(branch, ceiling));
      }
    }
    branches.sort((a, b) -> Integer.compare(a.number(), b.number()));
    return new Root(
        newer.count(),
        newer.smallest().min(older.smallest()),
        windows,
        branches,
        HotRanges.merge(newer.hot(), older.hot(), pageOne(newer)));
  }

  private static void refuseBranch(Root newer, int window) {
    BranchPlace branch = newer.branch(window);
    if (branch != null) {
      throw new GraftException.Misuse(
          "branch " + branch.number() + " must be taken into the newer map before it is laid");
    }
  }

  private static BranchPlace lowered(BranchPlace branch, long ceilingAbove) {
    int lastWindow = branch.number() * Branch.WINDOWS + Branch.WINDOWS - 1;
    long ceiling = Stacks.effective(lastWindow, Math.min(branch.ceiling(), ceilingAbove));
    return ceiling == branch.ceiling()
        ? branch
        : new BranchPlace(branch.number(), branch.ref(), branch.crc32c(), ceiling);
  }

  /** {@link #lay(Root, Root)} that reads the newer map's branches where it must. */
  public static Root lay(Root newer, Root older, LeafSource source) {
    Root open = newer;
    for (BranchPlace branch : newer.branches()) {
      if (reaches(older, branch.number())) {
        open = open.expand(source.branch(branch));
      }
    }
    return lay(open, older);
  }

  private static boolean reaches(Root older, int number) {
    int firstWindow = number * Branch.WINDOWS;
    return older.branch(firstWindow) != null
        || !older.windows().subMap(firstWindow, firstWindow + Branch.WINDOWS).isEmpty();
  }

  /**
   * Lays any number of maps over each other.
   *
   * @param newestFirst at least one
   */
  public static Root lay(List<Root> newestFirst) {
    return switch (newestFirst.size()) {
      case 0 -> throw new GraftException.Misuse("no maps to lay");
      case 1 -> newestFirst.getFirst();
      default -> {
        // Halves, so that each run is copied O(log maps) times.
        int half = newestFirst.size() / 2;
        yield lay(
            lay(newestFirst.subList(0, half)), lay(newestFirst.subList(half, newestFirst.size())));
      }
    };
  }

  /**
   * What a map says about a page. Reads at most one branch, and leaves newest first until one
   * mentions the page.
   *
   * @param source brings what lies in frames; not asked for pages above the count
   */
  public static PageLookup find(Root root, long pageIdx, LeafSource source) {
    if (pageIdx < 1 || pageIdx > PageIdx.MAX_VALUE) {
      throw new GraftException.Misuse("page index " + pageIdx + " is not in 1..2^32-1");
    }
    if (pageIdx > root.count().value()) {
      return ABSENT;
    }
    int window = Leaf.windowOf(pageIdx);
    PageLookup found = find(root.layers(window), pageIdx, source);
    if (found == null) {
      BranchPlace place = root.branch(window);
      if (place != null && pageIdx <= place.ceiling()) {
        found = find(source.branch(place).layers(window), pageIdx, source);
      }
    }
    return found == null ? ABSENT : found;
  }

  private static @Nullable PageLookup find(
      List<LeafLayer> layers, long pageIdx, LeafSource source) {
    for (LeafLayer layer : layers) {
      if (pageIdx > layer.ceiling()) {
        continue;
      }
      Leaf leaf =
          switch (layer.place()) {
            case Inline(Leaf here) -> here;
            case InFrame place -> source.leaf(place);
          };
      int ordinal = leaf.find(pageIdx);
      if (ordinal >= 0) {
        return new PageLookup.Found(leaf.frame(ordinal), leaf.hot(ordinal));
      }
      if (ordinal == Leaf.CLEARED) {
        return CLEARED;
      }
    }
    return null;
  }

  /**
   * One leaf that says all that a map says about a window, or null when it says nothing. Reads
   * every layer.
   *
   * @param whole whether nothing lies beneath this map: cleared pages need not be kept then
   */
  public static @Nullable Leaf window(Root root, int window, boolean whole, LeafSource source) {
    List<LayeredLeaf> leaves = new ArrayList<>();
    open(root.layers(window), LeafLayer.NO_CEILING, source, leaves);
    BranchPlace place = root.branch(window);
    if (place != null && Stacks.firstPage(window) <= place.ceiling()) {
      open(source.branch(place).layers(window), place.ceiling(), source, leaves);
    }
    if (leaves.isEmpty()) {
      return null;
    }
    Leaf folded = Leaf.fold(leaves);
    Leaf leaf = whole ? folded.withoutCleared() : folded;
    return leaf.isEmpty() ? null : leaf;
  }

  private static void open(
      List<LeafLayer> layers, long ceiling, LeafSource source, List<LayeredLeaf> out) {
    for (LeafLayer layer : layers) {
      Leaf leaf =
          switch (layer.place()) {
            case Inline(Leaf here) -> here;
            case InFrame place -> source.leaf(place);
          };
      out.add(new LayeredLeaf(leaf, Math.min(ceiling, layer.ceiling())));
    }
  }

  /**
   * The hot ranges of some leaves: page 1's first, then in the order given, neighbours joined, as
   * many as the limits allow. For those who write a map and have its leaves in hand.
   *
   * @param leaves with the newest of a window first
   */
  public static List<HotRange> hotRanges(Iterable<Leaf> leaves) {
    return HotRanges.of(leaves);
  }

  /**
   * Which hot list begins with page 1's range. A leaf in a frame is not read for it: the newer list
   * goes first then, which costs a worse order at most.
   */
  private static PageOne pageOne(Root newer) {
    for (LeafLayer layer : newer.layers(0)) {
      if (!(layer.place() instanceof Inline(Leaf leaf)) || leaf.find(1) != Leaf.ABSENT) {
        return PageOne.NEWER;
      }
    }
    return newer.branch(0) == null && newer.smallest().value() > 0 ? PageOne.OLDER : PageOne.NEWER;
  }
}
