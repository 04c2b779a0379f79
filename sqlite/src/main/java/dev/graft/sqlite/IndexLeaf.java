package dev.graft.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * The entries of a leaf page of an index: which row each points to, and whether it has the same
 * first column as the one before. Trusts nothing: an entry that makes no sense has no row.
 */
final class IndexLeaf {
  /** In place of a row that could not be read. */
  static final long NO_ROW = Long.MIN_VALUE;

  private final long[] rows;

  /** Whether the first column equals that of the entry before. */
  private final boolean[] sameAsBefore;

  private IndexLeaf(long[] rows, boolean[] sameAsBefore) {
    this.rows = rows;
    this.sameAsBefore = sameAsBefore;
  }

  /** Reads a page; null when it is no such page or no entry makes sense. */
  static @Nullable IndexLeaf parse(byte[] bytes, int usable, long page) {
    BTreePage leaf = new BTreePage(bytes, usable, page);
    if (leaf.type() != BTreePage.LEAF_INDEX) {
      return null;
    }
    long[] rows = new long[leaf.cellCount()];
    boolean[] same = new boolean[rows.length];
    boolean any = false;
    int before = -1;
    int lengthBefore = 0;
    for (int i = 0; i < rows.length; i++) {
      BTreePage.LocalPayload payload = leaf.indexCell(i);
      SqliteRecord record =
          payload == null ? null : SqliteRecord.parse(bytes, payload.at(), payload.length());
      rows[i] = record == null ? NO_ROW : record.lastInteger(bytes);
      any |= rows[i] != NO_ROW;
      int at = record == null ? -1 : record.firstColumnAt();
      int length = record == null ? 0 : record.firstColumnBytes();
      same[i] = at >= 0 && before >= 0 && equal(bytes, at, length, before, lengthBefore);
      before = at;
      lengthBefore = length;
    }
    return any ? new IndexLeaf(rows, same) : null;
  }

  private static boolean equal(byte[] bytes, int a, int aLength, int b, int bLength) {
    return java.util.Arrays.equals(bytes, a, a + aLength, bytes, b, b + bLength);
  }

  /** The number of entries. */
  int size() {
    return rows.length;
  }

  /** The row that an entry points to, or {@link #NO_ROW}. */
  long row(int i) {
    return rows[i];
  }

  /** Whether two neighbours are both in this leaf and share their first column. */
  boolean sameGroup(int i, int j) {
    int higher = Math.max(i, j);
    return Math.min(i, j) >= 0 && higher < rows.length && sameAsBefore[higher];
  }
}
