package dev.graft.protocol.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameOwner.InCommit;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class MapsTest {
  private static final PageCount ALL = new PageCount(0xFFFF_FFFFL);

  /** The first page of the second branch. */
  private static final long SECOND = (long) Branch.WINDOWS << 16;

  private static final LeafSource NEVER =
      new LeafSource() {
        @Override
        public Leaf leaf(LeafPlace.InFrame place) {
          throw new AssertionError("read");
        }

        @Override
        public Branch branch(BranchPlace place) {
          throw new AssertionError("read");
        }
      };

  private final FrameStore store = new FrameStore();

  private static FrameRef frame(int lsn) {
    return frame(lsn, 0);
  }

  private static FrameRef frame(int lsn, int number) {
    FrameOwner owner = new InCommit(MapGoldens.VOLUME, new Lsn(lsn));
    return new FrameRef(owner, number, 100 + number * 1000L, 1000);
  }

  private static Root root(long count, long smallest, int lsn, long first, long last) {
    return Root.builder(new PageCount(count), new PageCount(smallest))
        .addFrame(frame(lsn), false, first, last)
        .build();
  }

  /** The map with every inline leaf moved into a frame. */
  private Root stored(Root root) {
    Root out = root;
    for (int window : root.windows().keySet()) {
      List<LeafLayer> layers = new ArrayList<>();
      for (LeafLayer layer : root.layers(window)) {
        layers.add(
            layer.place() instanceof LeafPlace.Inline(Leaf leaf)
                ? LeafLayer.inFrame(store.put(leaf))
                : layer);
      }
      out = out.withLeaf(window, layers);
    }
    return out;
  }

  @Test
  void lay_truncationThenGrowth_showsZerosWhereNothingWasWrittenAnew() {
    Root old = stored(root(100, 0, 1, 1, 100));
    Root shrunk = Root.ofCount(new PageCount(40), new PageCount(40));
    Root grown = root(100, 40, 3, 90, 90);
    Root whole = Maps.lay(List.of(grown, shrunk, old));
    assertThat(whole.count()).isEqualTo(new PageCount(100));
    assertThat(find(whole, 40)).isEqualTo(frame(1));
    assertThat(Maps.find(whole, 41, store)).isInstanceOf(PageLookup.Absent.class);
    assertThat(find(whole, 90)).isEqualTo(frame(3));
    assertThat(whole.layers(0)).hasSize(2);
    assertThat(whole.layers(0).get(1).ceiling()).isEqualTo(40);
  }

  @Test
  void find_firstAndLastPages_areInTheVolumeAndNothingBeyond() {
    Root map = stored(root(100, 0, 1, 1, 100));
    assertThat(find(map, 1)).isEqualTo(frame(1));
    assertThat(find(map, 100)).isEqualTo(frame(1));
    assertThat(Maps.find(map, 101, store)).isInstanceOf(PageLookup.Absent.class);
    long last = 0xFFFF_FFFFL;
    assertThat(find(root(last, 0, 2, last, last), last)).isEqualTo(frame(2));
    for (long none : new long[] {0, last + 1}) {
      assertThatThrownBy(() -> Maps.find(map, none, store))
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining(none + " is not in 1..2^32-1");
    }
  }

  @Test
  void lay_foldedLeavesOverAStoredOne_keepHidingWhatTheyHid() {
    // Newest names p only; the middle one was truncated, so its own q is hidden, and so is the
    // stored one's.
    Root newest = root(200, 50, 4, 10, 10);
    Root middle = root(200, 0, 3, 20, 120);
    Root oldest = stored(root(200, 0, 1, 1, 200));
    Root whole = Maps.lay(Maps.lay(newest, middle), oldest);
    assertThat(find(whole, 10)).isEqualTo(frame(4));
    assertThat(find(whole, 30)).isEqualTo(frame(3));
    assertThat(Maps.find(whole, 100, store)).isInstanceOf(PageLookup.Absent.class);
    assertThat(Maps.find(whole, 150, store)).isInstanceOf(PageLookup.Absent.class);
  }

  @Test
  void lay_clearedPage_hidesOlderPartsAndIsDroppedFromAWholeMap() {
    Root clears =
        Root.builder(new PageCount(10), new PageCount(10)).clear(PageSet.of(3, 4)).build();
    Root whole = Maps.lay(clears, stored(root(10, 0, 1, 1, 10)));
    assertThat(Maps.find(whole, 3, store)).isInstanceOf(PageLookup.Cleared.class);
    assertThat(find(whole, 5)).isEqualTo(frame(1));
    Leaf leaf = Maps.window(whole, 0, true, store);
    if (leaf == null) {
      throw new AssertionError("the window has pages");
    }
    assertThat(leaf.cleared().isEmpty()).isTrue();
    assertThat(leaf.live()).isEqualTo(PageSet.of(1, 2, 5, 6, 7, 8, 9, 10));
  }

  @Test
  void lay_sameStoredLeafTwice_isNamedOnce() {
    Root old = stored(root(10, 0, 1, 1, 10));
    Root newer = Maps.lay(root(10, 10, 2, 5, 5), old);
    assertThat(Maps.lay(newer, old).layers(0)).isEqualTo(newer.layers(0));
  }

  @Test
  void lay_olderPartsWhollyAbove_areDropped() {
    Root old = stored(root(200_000, 0, 1, 1, 200_000));
    Root shrunk = Root.ofCount(new PageCount(10), new PageCount(10));
    Root whole = Maps.lay(shrunk, old);
    assertThat(whole.windows().keySet()).containsExactly(0);
    Root gone = Maps.lay(Root.ofCount(new PageCount(70_000), PageCount.ZERO), old);
    assertThat(gone.isEmpty()).isTrue();
    assertThat(Maps.window(gone, 0, true, store)).isNull();
  }

  @Test
  void lay_onBranches_stacksOverThemAndLowersTheirCeiling() {
    PageCount count = new PageCount(0xFFFF_FFFFL);
    Root base = inBranches(root(count.value(), count.value(), 1, 1, 200_000));
    Root newer = root(150_000, 100_000, 2, 70_000, 70_000);
    Root whole = Maps.lay(newer, base);
    assertThat(whole.branch(0)).isNotNull();
    assertThat(find(whole, 70_000)).isEqualTo(frame(2));
    assertThat(find(whole, 69_999)).isEqualTo(frame(1));
    assertThat(find(whole, 100_000)).isEqualTo(frame(1));
    assertThat(Maps.find(whole, 100_001, store)).isInstanceOf(PageLookup.Absent.class);
    assertThat(Root.decode(whole.encode())).isEqualTo(whole);
    assertThatThrownBy(() -> Maps.lay(whole, base))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("branch 0 must be taken into the newer map");
    Root twice = Maps.lay(whole, root(10, 0, 9, 1, 10), store);
    assertThat(twice.branches()).isEmpty();
    assertThat(find(twice, 5)).isEqualTo(frame(1));
    assertThat(find(twice, 70_000)).isEqualTo(frame(2));
  }

  private Root inBranches(Root root) {
    TreeMap<Integer, TreeMap<Integer, List<LeafLayer>>> windows = new TreeMap<>();
    root.windows()
        .forEach((window, layers) ->
            windows
                .computeIfAbsent(window / Branch.WINDOWS, number -> new TreeMap<>())
                .put(window, layers));
    List<BranchPlace> branches = new ArrayList<>();
    windows.forEach((number, of) -> branches.add(store.put(new Branch(number, of))));
    return root.withWindows(new TreeMap<>(), branches);
  }

  /** Ten pages at the beginning of each of the first two branches. */
  private Root twoBranches() {
    return inBranches(
        Root.builder(ALL, ALL)
            .addFrame(frame(1), false, 1, 10)
            .addFrame(frame(1, 1), false, SECOND, SECOND + 9)
            .build());
  }

  @Test
  void lay_branchOverABranchBeforeIt_keepsThemInOrder() {
    Root second = inBranches(root(ALL.value(), ALL.value(), 2, SECOND, SECOND));
    Root first = inBranches(root(ALL.value(), ALL.value(), 1, 1, 10));
    Root whole = Maps.lay(second, first);
    assertThat(whole.branches()).extracting(BranchPlace::number).containsExactly(0, 1);
    assertThat(find(whole, SECOND)).isEqualTo(frame(2));
    assertThat(find(whole, 10)).isEqualTo(frame(1));
  }

  @Test
  void lay_ceilingAtTheEdgesOfABranch_hidesExactlyWhatLiesAbove() {
    Root base = twoBranches();
    Root below = Maps.lay(Root.ofCount(ALL, new PageCount(SECOND - 1)), base);
    assertThat(below.branches()).containsExactly(base.branches().getFirst());
    Root at = Maps.lay(Root.ofCount(ALL, new PageCount(SECOND)), base);
    assertThat(find(at, SECOND)).isEqualTo(frame(1, 1));
    assertThat(Maps.find(at, SECOND + 1, store)).isInstanceOf(PageLookup.Absent.class);
    Root all = Maps.lay(Root.ofCount(ALL, new PageCount(2 * SECOND - 1)), base);
    assertThat(all.branches()).isEqualTo(base.branches());
    Root less = Maps.lay(Root.ofCount(ALL, new PageCount(2 * SECOND - 2)), base);
    assertThat(less.branches().getLast().ceiling()).isEqualTo(2 * SECOND - 2);
  }

  @Test
  void lay_branchOverLeaves_isRefusedOrTakenIn() {
    Root branch = inBranches(root(ALL.value(), ALL.value(), 2, SECOND, SECOND));
    Root leaves = root(ALL.value(), ALL.value(), 1, SECOND, SECOND + 1);
    assertThatThrownBy(() -> Maps.lay(branch, leaves))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("branch 1 must be taken into the newer map");
    Root whole = Maps.lay(branch, leaves, store);
    assertThat(whole.branches()).isEmpty();
    assertThat(find(whole, SECOND)).isEqualTo(frame(2));
    assertThat(find(whole, SECOND + 1)).isEqualTo(frame(1));
  }

  @Test
  void lay_branchWhereTheOlderMapHasNothing_isNotRead() {
    Root branch = inBranches(root(ALL.value(), ALL.value(), 2, SECOND, SECOND));
    Root leaves = root(ALL.value(), ALL.value(), 1, SECOND - 1, SECOND - 1);
    assertThat(Maps.lay(branch, leaves, NEVER).branches()).isEqualTo(branch.branches());
  }

  @Test
  void lay_storedLeavesOnTopOfEachOther_areDroppedOnlyWhereOneSaysAllOfTheOther() {
    Root old = stored(root(10, 10, 1, 1, 10));
    Root other = Maps.lay(stored(root(10, 10, 2, 5, 5)), old);
    assertThat(find(other, 5)).isEqualTo(frame(2));
    assertThat(find(other, 6)).isEqualTo(frame(1));
    LeafLayer cut = old.layers(0).getFirst().lowered(0, 5);
    Root lower = Root.ofCount(new PageCount(10), new PageCount(10)).withLeaf(0, List.of(cut));
    Root whole = Maps.lay(lower, old);
    assertThat(whole.layers(0)).hasSize(2);
    assertThat(find(whole, 7)).isEqualTo(frame(1));
  }

  @Test
  void find_outsideOfTheCount_readsNothing() {
    Root whole = stored(root(10, 0, 1, 1, 10));
    assertThat(Maps.find(whole, 11, NEVER)).isInstanceOf(PageLookup.Absent.class);
    assertThatThrownBy(() -> Maps.find(whole, 0, NEVER)).isInstanceOf(GraftException.Misuse.class);
    assertThatThrownBy(() -> Maps.find(whole, 1L << 32, NEVER))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void hot_pageOneFirstThenNewest_neighboursJoined() {
    Root old =
        Root.builder(new PageCount(50), PageCount.ZERO)
            .addFrame(frame(1, 0), true, 1, 1)
            .addFrame(frame(1, 1), true, 5, 6)
            .addFrame(frame(1, 3), true, 20, 20)
            .build();
    FrameOwner first = frame(1).owner();
    HotRange pageOne = new HotRange(first, 100, 2000);
    HotRange apart = new HotRange(first, 3100, 1000);
    assertThat(old.hot()).containsExactly(pageOne, apart);
    Root newer =
        Root.builder(new PageCount(50), new PageCount(50))
            .addFrame(frame(2), true, 7, 7)
            .addFrame(frame(2, 5), false, 8, 8)
            .build();
    HotRange newest = new HotRange(frame(2).owner(), 100, 1000);
    assertThat(Maps.lay(newer, old).hot()).containsExactly(pageOne, newest, apart);
    Root rewritten =
        Root.builder(new PageCount(50), new PageCount(50)).addFrame(frame(3), true, 1, 1).build();
    HotRange pageOneNow = new HotRange(frame(3).owner(), 100, 1000);
    assertThat(Maps.lay(Maps.lay(rewritten, newer), old).hot())
        .containsExactly(pageOneNow, newest, pageOne, apart);
    FrameRef between = new FrameRef(first, 2, 2100, 1000);
    Root bridge =
        Root.builder(new PageCount(50), new PageCount(50)).addFrame(between, true, 9, 9).build();
    assertThat(Maps.lay(bridge, old).hot()).containsExactly(new HotRange(first, 100, 4000));
  }

  @Test
  void hot_overTheLimits_keepsTheFirst() {
    HotRanges ranges = new HotRanges();
    for (int lsn = 1; lsn <= 100; lsn++) {
      ranges.add(new HotRange(frame(lsn).owner(), 0, 10));
    }
    assertThat(ranges.list()).hasSize(64);
    assertThat(ranges.list().getLast().owner()).isEqualTo(frame(64).owner());
    ranges.add(new HotRange(frame(64).owner(), 10, 10));
    assertThat(ranges.list().getLast().lengthBytes()).isEqualTo(20);
    HotRanges bytes = new HotRanges();
    bytes.add(new HotRange(frame(1).owner(), 0, 3 << 20));
    bytes.add(new HotRange(frame(2).owner(), 0, 2 << 20));
    bytes.add(new HotRange(frame(3).owner(), 0, 1 << 20));
    bytes.add(new HotRange(frame(1).owner(), 3 << 20, 1));
    assertThat(bytes.list())
        .containsExactly(
            new HotRange(frame(1).owner(), 0, 3 << 20), new HotRange(frame(3).owner(), 0, 1 << 20));
  }

  private FrameRef find(Root root, long page) {
    return switch (Maps.find(root, page, store)) {
      case PageLookup.Found(FrameRef ref, _) -> ref;
      case PageLookup.Cleared _, PageLookup.Absent _ ->
          throw new AssertionError("page " + page + " lies nowhere");
    };
  }
}
