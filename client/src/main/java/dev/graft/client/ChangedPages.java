package dev.graft.client;

import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.Graft;
import java.util.List;
import java.util.Map;

/** Tells which pages a map of changes is about, without a request. */
final class ChangedPages {
  private static final int BRANCH_SHIFT = 26;

  private ChangedPages() {}

  /** The changes that a graft tells of, seen from a snapshot with that page count. */
  static Changes of(Graft graft, Position from, PageCount before) {
    Root root = graft.root();
    boolean whole = !graft.from().equals(from);
    PageSet pages = whole ? upTo(Math.max(before.value(), root.count().value())) : of(root, before);
    return new Changes(from, graft.upto(), pages, root.count(), whole);
  }

  /** Nothing changed. */
  static Changes none(Position at, PageCount count) {
    return new Changes(at, at, PageSet.empty(), count, false);
  }

  /** Everything changed. */
  static Changes all(Position from, PageCount before, Position upto, PageCount after) {
    return new Changes(from, upto, upTo(Math.max(before.value(), after.value())), after, true);
  }

  private static PageSet upTo(long last) {
    return last == 0 ? PageSet.empty() : PageSet.ofRange(1, last);
  }

  /** The pages that a map changes, seen from a snapshot with that page count. */
  static PageSet of(Root root, PageCount before) {
    PageSet.Builder inBranches = PageSet.builder();
    for (BranchPlace branch : root.branches()) {
      long first = (long) branch.number() << BRANCH_SHIFT;
      inBranches.addRange(Math.max(1, first), first + (1L << BRANCH_SHIFT) - 1);
    }
    PageSet pages = inBranches.build();
    for (Map.Entry<Integer, List<LeafLayer>> window : root.windows().entrySet()) {
      for (LeafLayer layer : window.getValue()) {
        pages =
            pages.union(
                switch (layer.place()) {
                  case LeafPlace.Inline(Leaf leaf) -> leaf.live().union(leaf.cleared());
                  case LeafPlace.InFrame place -> wholeWindow(window.getKey());
                });
      }
    }
    long lastKept = root.smallest().value();
    long last = Math.max(before.value(), root.count().value());
    return lastKept < last ? pages.union(PageSet.ofRange(lastKept + 1, last)) : pages;
  }

  /** The leaf is not here and is not fetched for this: all its pages may have changed. */
  private static PageSet wholeWindow(int window) {
    long first = (long) window * Leaf.WINDOW_PAGES;
    return PageSet.ofRange(
        Math.max(1, first), Math.min(PageIdx.MAX_VALUE, first + Leaf.WINDOW_PAGES - 1));
  }
}
