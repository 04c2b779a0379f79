package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leaf and interior pages of indexes that a connection came through lately. Reads only pages
 * that are here. For one connection.
 */
final class IndexTrees {
  /** The leaf pages that are remembered: a join goes through several indexes by turns. */
  private static final int MAX_LEAVES = 4;

  /** The interior pages that are remembered. */
  private static final int MAX_INTERIOR = 64;

  private final PageView view;

  /** Most recent first, as the other. */
  private final ArrayDeque<Long> leaves = new ArrayDeque<>();

  private final ArrayDeque<Long> interior = new ArrayDeque<>();

  IndexTrees(PageView view) {
    this.view = view;
  }

  /** Remembers a leaf page. */
  void servedLeaf(long page) {
    remember(leaves, page, MAX_LEAVES);
  }

  /** Remembers an interior page. */
  void servedInterior(long page) {
    remember(interior, page, MAX_INTERIOR);
  }

  private static void remember(ArrayDeque<Long> pages, long page, int max) {
    pages.remove(page);
    pages.addFirst(page);
    if (pages.size() > max) {
      pages.removeLast();
    }
  }

  /** Whether no leaf page is remembered. */
  boolean isIdle() {
    return leaves.isEmpty();
  }

  /** Forgets leaf pages. */
  void rest() {
    leaves.clear();
  }

  /** The remembered leaf pages, most recent first. */
  Iterable<Long> leaves() {
    return leaves;
  }

  /** The entries of a leaf page and of its neighbours, as far as they are here; else null. */
  @Nullable IndexLeaf entries(Snapshot snapshot, long leaf) {
    byte[] bytes = view.readIfHere(snapshot, leaf);
    if (bytes == null) {
      return null;
    }
    for (long parent : interior) {
      byte[] above = view.readIfHere(snapshot, parent);
      if (above != null) {
        BTreePage tree = new BTreePage(above, view.usableBytes(), parent);
        List<Long> children = new ArrayList<>();
        if (tree.type() == BTreePage.INTERIOR_INDEX) {
          tree.forEachChild(children::add);
        }
        int at = children.indexOf(leaf);
        // A child that was left out would shift the entries between them.
        if (at >= 0 && children.size() == tree.cellCount() + 1) {
          return withNeighbours(snapshot, leaf, bytes, parent, above, children, at);
        }
      }
    }
    return IndexLeaf.parse(bytes, view.usableBytes(), leaf);
  }

  private @Nullable IndexLeaf withNeighbours(
      Snapshot snapshot,
      long leaf,
      byte[] bytes,
      long parent,
      byte[] above,
      List<Long> children,
      int at) {
    IndexLeaf.Builder entries = new IndexLeaf.Builder(view.usableBytes());
    if (at > 0) {
      byte[] left = view.readIfHere(snapshot, children.get(at - 1));
      if (left != null) {
        entries.leaf(left, children.get(at - 1), false);
      }
      entries.separator(above, parent, at - 1);
    }
    entries.leaf(bytes, leaf, true);
    if (at + 1 < children.size()) {
      entries.separator(above, parent, at);
      byte[] right = view.readIfHere(snapshot, children.get(at + 1));
      if (right != null) {
        entries.leaf(right, children.get(at + 1), false);
      }
    }
    return entries.build();
  }
}
