package dev.graft.client;

import dev.graft.client.view.LeafShelf;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Branch;
import dev.graft.protocol.map.BranchPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.Graft;
import java.util.TreeSet;

/**
 * Tells what changed between two commits, whichever is the earlier one: two requests, and those for
 * leaves that were too large to come along. Moves nothing.
 */
final class Differences {
  private final VolumeId volume;
  private final Questions questions;
  private final LeafShelf leaves;

  Differences(VolumeId volume, Questions questions, LeafShelf leaves) {
    this.volume = volume;
    this.questions = questions;
    this.leaves = leaves;
  }

  /** A commit, and the page count after it. */
  private record Place(Position position, PageCount count) {}

  /** See {@link Replica#diff}. */
  Changes between(Lsn from, Lsn upto) {
    boolean backwards = from.isAfter(upto);
    Lsn earlier = backwards ? upto : from;
    Lsn later = backwards ? from : upto;
    Place start = earlier.equals(Lsn.ZERO) ? null : at(earlier);
    if (start != null && earlier.equals(later)) {
      return ChangedPages.none(start.position, start.count);
    }
    Graft graft = questions.changes(start == null ? null : start.position, new Until.AtLsn(later));
    requireThere(graft, later);
    Place first = start == null ? new Place(graft.from(), PageCount.ZERO) : start;
    Place last = new Place(graft.upto(), graft.root().count());
    PageSet pages = pages(graft.root(), first.count);
    // What is another page seen from one side is another page seen from the other.
    return backwards
        ? new Changes(last.position, first.position, pages, first.count, false)
        : new Changes(first.position, last.position, pages, last.count, false);
  }

  private Place at(Lsn lsn) {
    Graft graft = questions.changes(null, new Until.AtLsn(lsn));
    requireThere(graft, lsn);
    return new Place(graft.upto(), graft.root().count());
  }

  private void requireThere(Graft graft, Lsn lsn) {
    if (!graft.upto().lsn().equals(lsn)) {
      throw new GraftException.NotFound(
          "volume "
              + volume
              + " has no commit "
              + lsn
              + " yet: its newest is "
              + graft.head().lsn());
    }
  }

  /** Pages that a map mentions, and those that its smallest count hides in what came before. */
  private PageSet pages(Root root, PageCount before) {
    TreeSet<Integer> windows = new TreeSet<>(root.windows().keySet());
    for (BranchPlace place : root.branches()) {
      Branch branch = leaves.branch(place);
      windows.addAll(branch.windows().keySet());
    }
    PageSet pages = PageSet.empty();
    for (int window : windows) {
      Leaf leaf = Maps.window(root, window, false, leaves);
      if (leaf != null) {
        pages = pages.union(leaf.live()).union(leaf.cleared());
      }
    }
    long lastKept = root.smallest().value();
    long last = Math.max(before.value(), root.count().value());
    return lastKept < last ? pages.union(PageSet.ofRange(lastKept + 1, last)) : pages;
  }
}
