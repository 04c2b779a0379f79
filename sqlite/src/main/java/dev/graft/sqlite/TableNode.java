package dev.graft.sqlite;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An interior page of a table: its children and the highest row below each but the last. */
final class TableNode {
  /** Offset of the cells' pointers in an interior page. */
  private static final int HEADER_BYTES = 12;

  private final long page;
  private final long[] keys;
  private final long[] children;

  private TableNode(long page, long[] keys, long[] children) {
    this.page = page;
    this.keys = keys;
    this.children = children;
  }

  /** Reads a page; null when it is no such page, or its rows are not in order. */
  static @Nullable TableNode parse(byte[] bytes, int usable, long page) {
    BTreePage tree = new BTreePage(bytes, usable, page);
    if (tree.type() != BTreePage.INTERIOR_TABLE) {
      return null;
    }
    int cells = tree.cellCount();
    long[] keys = new long[cells];
    long[] children = new long[cells + 1];
    int[] count = {0};
    tree.forEachChild(child -> children[count[0]++] = child);
    if (count[0] != children.length) {
      return null;
    }
    for (int i = 0; i < cells; i++) {
      int cell = tree.cellAt(i, HEADER_BYTES);
      keys[i] = BTreePage.Varint.read(bytes, cell + 4, usable).value();
      if (i > 0 && keys[i] <= keys[i - 1]) {
        return null;
      }
    }
    return new TableNode(page, keys, children);
  }

  /** Its number. */
  long page() {
    return page;
  }

  /** The child below which a row lies, if the row lies below this page at all. */
  long childOf(long row) {
    int at = Arrays.binarySearch(keys, row);
    return children[at >= 0 ? at : -1 - at];
  }

  /** Whether a page is a child of this one. */
  boolean hasChild(long child) {
    for (long each : children) {
      if (each == child) {
        return true;
      }
    }
    return false;
  }
}
