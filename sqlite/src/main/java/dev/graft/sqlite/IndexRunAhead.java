package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Fetches rows ahead of a reader that goes through an index. SQLite asks for one row's page after
 * the other, each a round trip when it is not here; but the index's leaf page, which it has just
 * read, names all the rows to come, and the table's interior pages, which are hot, tell where they
 * lie.
 *
 * <p>Watches the pages that SQLite reads, by their type bytes. Takes all it reads for a hint:
 * whatever the bytes say, the worst that comes of it is a read in vain. Costs a warm read a
 * comparison or two. For one connection.
 */
final class IndexRunAhead {
  private static final int MAX_RUNS = 4;

  /** So many reads of pages that are here end the watch until the next index page is read. */
  private static final int MAX_WARM = 256;

  private final ReadSet reads;

  /** Null until the first lock, and where the file is no database. */
  private @Nullable PageView view;

  private @Nullable TableTrees trees;

  private @Nullable IndexTrees indexes;
  private final List<RunAhead> runs = new ArrayList<>();
  private int warm;

  /**
   * @param reads the pages that the connection has in its cache, in the volume's numbers
   */
  IndexRunAhead(ReadSet reads) {
    this.reads = reads;
  }

  /** Forgets all, for the connection forgets its pages, too. */
  void clear() {
    runs.clear();
    view = null;
    trees = null;
    indexes = null;
  }

  /** Tells of bytes that SQLite is about to read. */
  void reading(Snapshot snapshot, int amountBytes, long offsetBytes) {
    IndexTrees lately = indexes;
    if (lately == null || lately.isIdle() && runs.isEmpty()) {
      return;
    }
    PageView pages = view;
    TableTrees known = trees;
    if (pages == null || known == null || !isPage(pages, amountBytes, offsetBytes)) {
      return;
    }
    try {
      reading(pages, known, lately, snapshot, offsetBytes / amountBytes + 1);
    } catch (RuntimeException e) {
      // A hint that fails is none; what is wrong with the page is told to who reads it.
      clear();
    }
  }

  private static boolean isPage(PageView pages, int amountBytes, long offsetBytes) {
    return amountBytes == pages.pageBytes() && offsetBytes % amountBytes == 0;
  }

  private void reading(
      PageView pages, TableTrees known, IndexTrees lately, Snapshot snapshot, long page) {
    if (goesOn(pages, snapshot, page)) {
      return;
    }
    if (pages.isHere(snapshot, page)) {
      if (++warm > MAX_WARM) {
        lately.rest();
        runs.clear();
      }
      return;
    }
    warm = 0;
    TableTrees.Path path = known.pathTo(snapshot, page);
    if (path == null) {
      return;
    }
    // Another row of the table than the one expected: that reader has left his way.
    runs.removeIf(run -> run.tableTop() == path.top());
    RunAhead run = begin(known, lately, snapshot, path, page);
    if (run != null) {
      if (runs.size() == MAX_RUNS) {
        runs.removeFirst();
      }
      runs.add(run);
      expect(pages, snapshot, run.more(snapshot));
    }
  }

  private boolean goesOn(PageView pages, Snapshot snapshot, long page) {
    if (runs.isEmpty()) {
      return false;
    }
    LongPredicate handed = each -> reads.contains(pages.firstInVolume(snapshot, each));
    for (Iterator<RunAhead> each = runs.iterator(); each.hasNext(); ) {
      RunAhead run = each.next();
      if (run.reads(snapshot, page, handed)) {
        expect(pages, snapshot, run.more(snapshot));
        return true;
      }
      if (run.isOver()) {
        each.remove();
      }
    }
    return false;
  }

  private static @Nullable RunAhead begin(
      TableTrees known, IndexTrees lately, Snapshot snapshot, TableTrees.Path path, long page) {
    for (long indexPage : lately.leaves()) {
      IndexLeaf entries = lately.entries(snapshot, indexPage);
      int entry = entries == null ? -1 : entryOf(known, snapshot, path, entries, page);
      if (entries != null && entry >= 0) {
        return new RunAhead(entries, known, path, entry, page);
      }
    }
    return null;
  }

  /**
   * The entry of the index page whose row lies in the page; of several, one at an end of equal
   * keys. A reader who has just come from the page on the left or right may be at the entry
   * between.
   */
  private static int entryOf(
      TableTrees known, Snapshot snapshot, TableTrees.Path path, IndexLeaf leaf, long page) {
    int found = -1;
    int from = Math.max(0, leaf.begin() - 1);
    int upto = Math.min(leaf.size(), leaf.end() + 1);
    for (int i = from; i < upto; i++) {
      long row = leaf.row(i);
      if (row != IndexLeaf.NO_ROW && known.leafOf(snapshot, path, row) == page) {
        if (leaf.sameGroup(i, i - 1) != leaf.sameGroup(i, i + 1)) {
          return i;
        }
        found = found < 0 ? i : found;
      }
    }
    return found;
  }

  private static void expect(PageView pages, Snapshot snapshot, long[] wanted) {
    if (wanted.length == 0) {
      return;
    }
    long[] inVolume =
        Arrays.stream(wanted)
            .flatMap(page ->
                java.util.stream.LongStream.rangeClosed(
                    pages.firstInVolume(snapshot, page), pages.lastInVolume(snapshot, page)))
            .distinct()
            .toArray();
    snapshot.expect(inVolume);
  }

  /**
   * Tells of bytes that SQLite was given.
   *
   * @param type the first of them
   */
  void served(Pin pin, int type, int amountBytes, long offsetBytes) {
    if (type == BTreePage.LEAF_INDEX || BTreePage.isInterior(type)) {
      servedTree(pin, type, amountBytes, offsetBytes);
    }
  }

  private void servedTree(Pin pin, int type, int amountBytes, long offsetBytes) {
    PageView pages = view;
    TableTrees known = trees;
    IndexTrees lately = indexes;
    if (pages == null || known == null || lately == null) {
      pages = PageView.of(pin.header());
      if (pages == null) {
        return;
      }
      known = new TableTrees(pages);
      lately = new IndexTrees(pages);
      view = pages;
      trees = known;
      indexes = lately;
    }
    if (!isPage(pages, amountBytes, offsetBytes)) {
      return;
    }
    long page = offsetBytes / amountBytes + 1;
    switch (type) {
      case BTreePage.LEAF_INDEX -> {
        warm = 0;
        lately.servedLeaf(page);
      }
      case BTreePage.INTERIOR_INDEX -> lately.servedInterior(page);
      default -> {
        known.served(page);
        runs.removeIf(run -> run.firstPage() == page);
      }
    }
  }
}
