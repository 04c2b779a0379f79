package dev.graft.protocol.map;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.map.LeafPlace.Inline;
import dev.graft.protocol.map.PageHistory.State;
import dev.graft.protocol.map.PageLookup.Absent;
import dev.graft.protocol.map.PageLookup.Cleared;
import dev.graft.protocol.map.PageLookup.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Page maps against a plain map of pages, over random histories of rewrites, clears, truncation and
 * growth.
 */
final class MapHistoryTest {
  private static final int HISTORIES = 25;
  private static final int COMMITS = 8;

  @Test
  void lay_everyPairOfOverlappingSegments_equalsModel() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      PageHistory history = new PageHistory(new Random(seed), COMMITS);
      FrameStore store = new FrameStore();
      Random random = new Random(-seed);
      for (int a = 0; a < COMMITS; a++) {
        for (int b = a + 1; b <= COMMITS; b++) {
          Root older = stored(segment(history, a, b), store, random);
          check(history, a, b, older, store, "seed " + seed);
          for (int c = a; c <= b; c++) {
            for (int d = Math.max(b, c + 1); d <= COMMITS; d++) {
              Root newer = stored(segment(history, c, d), store, random);
              Root both = Maps.lay(newer, older, store);
              check(
                  history,
                  a,
                  d,
                  both,
                  store,
                  "seed %d: %d..%d over %d..%d".formatted(seed, c, d, a, b));
            }
          }
        }
      }
    }
  }

  @Test
  void lay_anyAssociationWithStoredParts_equalsModel() {
    for (long seed = 1; seed <= 20 * HISTORIES; seed++) {
      Random random = new Random(seed);
      PageHistory history = new PageHistory(random, COMMITS);
      FrameStore store = new FrameStore();
      int from = random.nextInt(COMMITS);
      int to = from + 1 + random.nextInt(COMMITS - from);
      Root root = tree(history, from, to, store, random);
      check(history, from, to, root, store, "seed " + seed);
    }
  }

  @Test
  void lay_allInline_isTheSameMapInAnyAssociation() {
    for (long seed = 1; seed <= 10 * HISTORIES; seed++) {
      Random random = new Random(seed);
      PageHistory history = new PageHistory(random, COMMITS);
      Root direct = segment(history, 0, COMMITS);
      Root other = association(history, 0, COMMITS, random);
      assertThat(other.windows()).as("seed " + seed).isEqualTo(direct.windows());
      assertThat(other.count()).isEqualTo(direct.count());
      assertThat(other.smallest()).isEqualTo(direct.smallest());
      assertThat(Root.decode(other.encode())).isEqualTo(other);
    }
  }

  private static Root segment(PageHistory history, int from, int to) {
    return Maps.lay(history.roots.subList(from, to).reversed());
  }

  private static Root association(PageHistory history, int from, int to, Random random) {
    if (to - from == 1) {
      return history.roots.get(from);
    }
    int middle = from + 1 + random.nextInt(to - from - 1);
    return Maps.lay(
        association(history, middle, to, random), association(history, from, middle, random));
  }

  /** The map of a part of history, put together in a random order from parts that overlap. */
  private static Root tree(PageHistory history, int from, int to, FrameStore store, Random random) {
    Root root;
    if (to - from == 1) {
      root = history.roots.get(from);
    } else {
      int middle = from + 1 + random.nextInt(to - from - 1);
      int overlap = from + random.nextInt(middle - from + 1);
      Root newer = tree(history, Math.min(overlap, to - 1), to, store, random);
      root = Maps.lay(newer, tree(history, from, middle, store, random), store);
    }
    return stored(root, store, random);
  }

  /** The same map with some parts moved into frames or folded, and written and read once. */
  private static Root stored(Root root, FrameStore store, Random random) {
    Root out = root;
    for (int window : List.copyOf(root.windows().keySet())) {
      List<LeafLayer> layers = new ArrayList<>();
      for (LeafLayer layer : out.layers(window)) {
        layers.add(
            layer.place() instanceof Inline(Leaf leaf) && random.nextInt(3) == 0
                ? new LeafLayer(store.put(leaf), layer.ceiling())
                : layer);
      }
      out = out.withLeaf(window, layers);
      if (out.needsFold(window) || random.nextInt(8) == 0) {
        out = out.withLeaf(window, foldTop(layers, store, random));
      }
    }
    if (random.nextInt(4) == 0 && out.branches().isEmpty()) {
      out = intoBranches(out, store);
    }
    return Root.decode(out.encode());
  }

  /** Folds at least as many of the newest layers as are too many. */
  private static List<LeafLayer> foldTop(List<LeafLayer> layers, FrameStore store, Random random) {
    int least = Math.max(1, layers.size() - 3);
    int folded = least + random.nextInt(layers.size() - least + 1);
    List<LayeredLeaf> open = new ArrayList<>();
    for (LeafLayer layer : layers.subList(0, folded)) {
      Leaf leaf =
          switch (layer.place()) {
            case Inline(Leaf here) -> here;
            case LeafPlace.InFrame place -> store.leaf(place);
          };
      open.add(new LayeredLeaf(leaf, layer.ceiling()));
    }
    List<LeafLayer> out = new ArrayList<>();
    Leaf leaf = Leaf.fold(open);
    if (!leaf.isEmpty()) {
      out.add(random.nextBoolean() ? LeafLayer.inline(leaf) : LeafLayer.inFrame(store.put(leaf)));
    }
    out.addAll(layers.subList(folded, layers.size()));
    return out;
  }

  private static Root intoBranches(Root root, FrameStore store) {
    TreeMap<Integer, SortedMap<Integer, List<LeafLayer>>> byBranch = new TreeMap<>();
    root.windows()
        .forEach((window, layers) ->
            byBranch
                .computeIfAbsent(Branch.numberOf(window), _ -> new TreeMap<>())
                .put(window, layers));
    List<BranchPlace> branches = new ArrayList<>();
    byBranch.forEach((number, windows) -> branches.add(store.put(new Branch(number, windows))));
    return root.withWindows(new TreeMap<>(), branches);
  }

  /** The map, laid on the state after commit {@code from}, must give the state after {@code to}. */
  private static void check(
      PageHistory history, int from, int to, Root map, FrameStore store, String what) {
    State before = history.states.get(from);
    State after = history.states.get(to);
    assertThat(map.count().value()).as(what).isEqualTo(after.count());
    Root read =
        Root.decode(
            map.windows().keySet().stream().anyMatch(map::needsFold)
                ? foldedBytes(map, store)
                : map.encode());
    for (long page : PageHistory.PAGES) {
      @Nullable FrameRef expected = after.pages().get(page);
      @Nullable FrameRef actual =
          switch (Maps.find(read, page, store)) {
            case Found(FrameRef ref, _) -> ref;
            case Cleared _ -> null;
            case Absent _ -> page > map.smallest().value() ? null : before.pages().get(page);
          };
      if (page > after.count()) {
        assertThat(expected).isNull();
        assertThat(Maps.find(read, page, store)).isInstanceOf(Absent.class);
      } else if (expected == null ? actual != null : !expected.equals(actual)) {
        throw new AssertionError(
            "%s: page %d of map %d..%d lies at %s and not at %s"
                .formatted(what, page, from, to, actual, expected));
      }
    }
  }

  private static byte[] foldedBytes(Root map, FrameStore store) {
    Root out = map;
    for (int window : map.windows().keySet()) {
      if (map.needsFold(window)) {
        out = out.withLeaf(window, foldTop(map.layers(window), store, new Random(window)));
      }
    }
    return out.encode();
  }
}
