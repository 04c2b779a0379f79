package dev.graft.sqlite;

import dev.graft.protocol.page.PageSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tree each of some pages belongs to. Walks the interior pages of all trees, and one leaf
 * page of each; other leaf pages are read only where they are asked for, since their overflow pages
 * may be, too. One thread.
 */
final class PageOwners {
  private static final int MAX_DEPTH = 40;

  private final DatabasePages pages;
  private final PageSet wanted;
  private final boolean withLeaves;
  private final LongSet seen = new LongSet();
  private final Map<Long, Tree> owners = new HashMap<>();
  private final Map<Tree, PageSet> leaves = new HashMap<>();
  private final List<Tree> trees;
  private long[] found = new long[64];
  private int foundCount;

  /**
   * @param wanted the pages to find owners of
   * @param withLeaves whether all leaf pages of tables are to be remembered
   */
  PageOwners(DatabasePages pages, PageSet wanted, boolean withLeaves) {
    this.pages = pages;
    this.wanted = wanted.cut(pages.count());
    this.withLeaves = withLeaves;
    this.trees = pages.trees();
    for (Tree tree : trees) {
      foundCount = 0;
      if (withLeaves || !isDone()) {
        walk(tree, tree.root(), depth(tree));
      }
      leaves.put(tree.anywhere(), PageSet.of(Arrays.copyOf(found, foundCount)));
    }
    if (!isDone()) {
      pages.forEachFreePage(page -> note(page, Tree.FREE));
    }
    if (!isDone()) {
      this.wanted.forEach(page -> {
        if (pages.isPointerMap(page)) {
          note(page, Tree.POINTER_MAP);
        }
      });
    }
  }

  List<Tree> trees() {
    return trees;
  }

  /** Whose a wanted page is. */
  Tree of(long page) {
    return owners.getOrDefault(page, Tree.OTHER);
  }

  /** The leaf pages of a table, as far as they were to be remembered. */
  PageSet leavesOf(Tree tree) {
    return leaves.getOrDefault(tree.anywhere(), PageSet.empty());
  }

  private boolean isDone() {
    return owners.size() == wanted.cardinality();
  }

  private void note(long page, Tree tree) {
    if (wanted.contains(page)) {
      owners.putIfAbsent(page, tree);
    }
  }

  /** How many interior levels a tree has: all its leaves lie equally deep. */
  private int depth(Tree tree) {
    long at = tree.root();
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      BTreePage page = pages.tree(at);
      if (page == null || !page.isInterior()) {
        return depth;
      }
      long[] first = {0};
      page.forEachChild(child -> first[0] = first[0] == 0 ? child : first[0]);
      at = first[0];
    }
    return MAX_DEPTH;
  }

  private void walk(Tree tree, long at, int levels) {
    if (at < 1 || at > pages.count() || !seen.add(at)) {
      return;
    }
    note(at, tree);
    if (levels == 0) {
      addLeaf(tree, at);
      return;
    }
    BTreePage page = pages.tree(at);
    if (page != null && page.isInterior()) {
      if (wanted.contains(at)) {
        noteOverflow(tree, page);
      }
      page.forEachChild(child -> walk(tree, child, levels - 1));
    }
  }

  private void addLeaf(Tree tree, long at) {
    if (withLeaves && tree.kind() == DatabaseDiff.Kind.TABLE) {
      if (foundCount == found.length) {
        found = Arrays.copyOf(found, 2 * foundCount);
      }
      found[foundCount++] = at;
    }
    if (wanted.contains(at) && !isDone()) {
      BTreePage page = pages.tree(at);
      if (page != null) {
        noteOverflow(tree, page);
      }
    }
  }

  private void noteOverflow(Tree tree, BTreePage page) {
    for (int i = 0; i < page.cellCount() && !isDone(); i++) {
      for (long at = page.overflowOf(i); at > 0 && !isDone() && seen.add(at); ) {
        note(at, tree);
        at = pages.after(at);
      }
    }
  }
}
