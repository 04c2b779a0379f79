package dev.graft.sqlite;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a leaf page of an index, and of its neighbours where they are known: which row
 * each points to, and whether it has the same first column as the one before. Trusts nothing: an
 * entry that makes no sense has no row.
 */
final class IndexLeaf {
  /** In place of a row that could not be read. */
  static final long NO_ROW = Long.MIN_VALUE;

  private final long[] rows;

  /** Whether the first column equals that of the entry before. */
  private final boolean[] sameAsBefore;

  private final int begin;
  private final int end;

  private IndexLeaf(long[] rows, boolean[] sameAsBefore, int begin, int end) {
    this.rows = rows;
    this.sameAsBefore = sameAsBefore;
    this.begin = begin;
    this.end = end;
  }

  /** Reads a page alone; null when it is no such page or no entry makes sense. */
  static @Nullable IndexLeaf parse(byte[] bytes, int usable, long page) {
    return new Builder(usable).leaf(bytes, page, true).build();
  }

  /** The number of entries. */
  int size() {
    return rows.length;
  }

  /** Where the entries of the page itself begin. */
  int begin() {
    return begin;
  }

  /** Where they end. */
  int end() {
    return end;
  }

  /** The row that an entry points to, or {@link #NO_ROW}. */
  long row(int i) {
    return rows[i];
  }

  /** Whether two neighbours are both here and share their first column. */
  boolean sameGroup(int i, int j) {
    int higher = Math.max(i, j);
    return Math.min(i, j) >= 0 && higher < rows.length && sameAsBefore[higher];
  }

  /** Puts the entries of pages together, in the order of the index. One thread. */
  static final class Builder {
    private final int usable;
    private long[] rows = new long[512];
    private boolean[] same = new boolean[512];
    private int size;
    private int begin;
    private int end;
    private boolean any;

    /** The first column of the entry before; none when the length is -1. */
    private byte[] before = new byte[0];

    private int beforeAt;
    private int beforeLength = -1;

    /**
     * @param usable bytes of a page without the reserved ones
     */
    Builder(int usable) {
      this.usable = usable;
    }

    /**
     * Adds all entries of a leaf page; none when it is no such page.
     *
     * @param main whether it is the page that this is about
     */
    Builder leaf(byte[] bytes, long page, boolean main) {
      BTreePage leaf = new BTreePage(bytes, usable, page);
      int cells = leaf.type() == BTreePage.LEAF_INDEX ? leaf.cellCount() : 0;
      if (main) {
        begin = size;
      }
      for (int i = 0; i < cells; i++) {
        add(bytes, leaf.indexCell(i));
      }
      if (main) {
        end = size;
      }
      return this;
    }

    /** Adds the entry that stands in an interior page between two of its children. */
    Builder separator(byte[] bytes, long page, int cell) {
      add(bytes, new BTreePage(bytes, usable, page).indexCell(cell));
      return this;
    }

    private void add(byte[] bytes, BTreePage.@Nullable LocalPayload payload) {
      SqliteRecord record =
          payload == null ? null : SqliteRecord.parse(bytes, payload.at(), payload.length());
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
        same = Arrays.copyOf(same, 2 * size);
      }
      rows[size] = record == null ? NO_ROW : record.lastInteger(bytes);
      any |= rows[size] != NO_ROW;
      int at = record == null ? 0 : record.firstColumnAt();
      int length = record == null ? -1 : record.firstColumnBytes();
      same[size] =
          length >= 0
              && beforeLength >= 0
              && Arrays.equals(bytes, at, at + length, before, beforeAt, beforeAt + beforeLength);
      before = bytes;
      beforeAt = at;
      beforeLength = length;
      size++;
    }

    /** What was added; null when no entry makes sense. */
    @Nullable IndexLeaf build() {
      return any
          ? new IndexLeaf(Arrays.copyOf(rows, size), Arrays.copyOf(same, size), begin, end)
          : null;
    }
  }
}
