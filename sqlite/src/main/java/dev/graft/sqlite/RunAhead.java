package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * One reader that goes through the entries of an index's leaf page and takes each one's row from
 * the table: the leaves of the entries to come are expected in growing batches, as long as he uses
 * them in order. For one connection.
 */
final class RunAhead {
  private static final int FIRST_BATCH = 4;
  private static final int MAX_BATCH = 64;

  /** So many reads that are none of this run's end it. */
  private static final int MAX_STRAYS = 256;

  private static final long UNKNOWN = -1;
  private static final int UNKNOWN_ENTRY = -1;

  private final IndexLeaf entries;
  private final TableTrees trees;
  private final long firstPage;
  private final TableTrees.Path path;

  /** The leaf page of each entry's row, once it was looked up. */
  private final long[] pages;

  /** The entry that was used last. */
  private int at;

  /** 1 or -1, or 0 while it is not known. */
  private int direction;

  /** Entries up to here, in its direction, are expected. */
  private int expected;

  /** Where the batch that was ordered last begins. */
  private int batchStart;

  private int batch = FIRST_BATCH;

  /** Whether it ends with the entries that share their first column. */
  private boolean inGroup;

  private int strays;

  /**
   * @param first the entry that is being used
   * @param firstPage the leaf page of its row
   */
  RunAhead(IndexLeaf entries, TableTrees trees, TableTrees.Path path, int first, long firstPage) {
    this.firstPage = firstPage;
    this.entries = entries;
    this.trees = trees;
    this.path = path;
    this.pages = new long[entries.size()];
    Arrays.fill(pages, UNKNOWN);
    this.at = first;
    this.expected = first;
    boolean alone = !entries.sameGroup(first, first - 1);
    boolean begins = entries.sameGroup(first, first + 1) && alone;
    boolean ends = entries.sameGroup(first, first - 1) && !entries.sameGroup(first, first + 1);
    // At one end of equal keys the reader goes to the other; elsewhere his next step will tell.
    this.direction = begins ? 1 : ends ? -1 : 0;
    this.inGroup = begins || ends;
    this.batchStart = first;
  }

  /** The page that it began with: if that turns out to be no leaf, all of it is wrong. */
  long firstPage() {
    return firstPage;
  }

  /** The highest page of the table's tree that is known. */
  long tableTop() {
    return path.top();
  }

  /**
   * Tells of a page that is about to be read.
   *
   * @param handed whether the connection has a page already, and so will not ask for it
   * @return whether it is the next one of this run
   */
  boolean reads(Snapshot snapshot, long page, LongPredicate handed) {
    int next = UNKNOWN_ENTRY;
    if (direction >= 0) {
      next = find(snapshot, page, 1, handed);
    }
    if (next == UNKNOWN_ENTRY && direction <= 0) {
      next = find(snapshot, page, -1, handed);
    }
    if (next == UNKNOWN_ENTRY) {
      strays++;
      return false;
    }
    if (direction == 0) {
      direction = next > at ? 1 : -1;
      inGroup = entries.sameGroup(at, at + direction);
      expected = next;
    }
    at = next;
    strays = 0;
    return true;
  }

  /** The entry in a direction whose row lies in the page, when none between was left out. */
  private int find(Snapshot snapshot, long page, int step, LongPredicate handed) {
    int limit = Math.max(1, Math.abs(expected - at)) + FIRST_BATCH;
    int entry = at + step;
    for (int i = 0; i < limit && entry >= 0 && entry < pages.length; i++) {
      long its = pageOf(snapshot, entry);
      if (its == page) {
        return entry;
      }
      if (its > 0 && !handed.test(its)) {
        return UNKNOWN_ENTRY;
      }
      entry += step;
    }
    return UNKNOWN_ENTRY;
  }

  /** Whether it has come to nothing. */
  boolean isOver() {
    return strays > MAX_STRAYS;
  }

  /**
   * The pages to fetch now, each once: a batch when half of the one before was used. By then that
   * one is here, so this one is waited for as long, and less of it is in vain where the reader
   * stops.
   */
  long[] more(Snapshot snapshot) {
    int length = Math.abs(expected - batchStart) + 1;
    boolean used = (at - batchStart) * direction + 1 >= length / 2;
    if (direction == 0 || !used) {
      return new long[0];
    }
    int from = (expected - at) * direction > 0 ? expected : at;
    int begin = from + direction;
    long[] wanted = new long[batch];
    int count = 0;
    int entry = from;
    // Rows of one page need one read: a batch is counted in pages.
    while (count < batch) {
      int next = entry + direction;
      boolean inside = next >= 0 && next < pages.length;
      if (!inside || inGroup && !entries.sameGroup(entry, next)) {
        break;
      }
      long page = pageOf(snapshot, next);
      if (page == 0 && entries.row(next) != IndexLeaf.NO_ROW) {
        break; // A page on the way is not here yet; it may be the next time.
      }
      entry = next;
      if (page > 0 && !contains(wanted, count, page)) {
        wanted[count++] = page;
      }
    }
    if (entry == from) {
      return new long[0];
    }
    batchStart = begin;
    expected = entry;
    batch = Math.min(2 * batch, MAX_BATCH);
    return Arrays.copyOf(wanted, count);
  }

  private static boolean contains(long[] pages, int count, long page) {
    for (int i = 0; i < count; i++) {
      if (pages[i] == page) {
        return true;
      }
    }
    return false;
  }

  private long pageOf(Snapshot snapshot, int entry) {
    if (pages[entry] == UNKNOWN) {
      long row = entries.row(entry);
      long page = row == IndexLeaf.NO_ROW ? 0 : trees.leafOf(snapshot, path, row);
      if (page == 0) {
        return 0;
      }
      pages[entry] = page;
    }
    return pages[entry];
  }
}
