package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The database in a snapshot, page by page. What makes no sense is left out. One thread. */
final class DatabasePages {
  private static final int FIRST_TRUNK_AT = 32;
  private static final int LARGEST_ROOT_AT = 52;
  private static final int ENCODING_AT = 56;
  private static final int MAX_DEPTH = 40;

  /** Longer values are compared by their beginnings. */
  private static final int MAX_PAYLOAD_BYTES = 1 << 26;

  private final Snapshot snapshot;
  private final PageView view;
  private final long count;
  private final byte[] header;

  private DatabasePages(Snapshot snapshot, PageView view, byte[] header) {
    this.snapshot = snapshot;
    this.view = view;
    this.header = header;
    long bytes = snapshot.pageCount().value() * snapshot.pageSize().bytes();
    this.count = Math.min(bytes / view.pageBytes(), SqliteHeader.parse(header).pageCount(bytes));
  }

  /** The database in a snapshot; null when there is none. Reads page 1. */
  static @Nullable DatabasePages of(Snapshot snapshot) {
    long bytes = snapshot.pageCount().value() * snapshot.pageSize().bytes();
    if (bytes < SqliteHeader.LENGTH) {
      return null;
    }
    byte[] header = new byte[SqliteHeader.LENGTH];
    MemorySegment.copy(
        MemorySegment.ofArray(firstPage(snapshot)), 0, MemorySegment.ofArray(header), 0, 100);
    PageView view = PageView.of(header);
    return view == null ? null : new DatabasePages(snapshot, view, header);
  }

  private static byte[] firstPage(Snapshot snapshot) {
    byte[] page = new byte[snapshot.pageSize().bytes()];
    snapshot.read(1, 0, MemorySegment.ofArray(page), 0, page.length);
    return page;
  }

  /** Bytes of a page. */
  int pageBytes() {
    return view.pageBytes();
  }

  /** Pages of the database. */
  long count() {
    return count;
  }

  /** A page as a B-tree page; null when there is no such page. */
  @Nullable BTreePage tree(long page) {
    return page < 1 || page > count
        ? null
        : new BTreePage(view.read(snapshot, page), view.usableBytes(), page);
  }

  /** The page that follows in a chain of overflow pages; 0 at its end. */
  long after(long overflowPage) {
    return overflowPage < 1 || overflowPage > count ? 0 : u32(view.read(snapshot, overflowPage), 0);
  }

  /** All of a row. */
  byte[] payload(BTreePage.TableCell cell) {
    if (cell.overflow() == 0) {
      return cell.local();
    }
    int length = (int) Math.min(cell.payloadLength(), MAX_PAYLOAD_BYTES);
    byte[] payload = Arrays.copyOf(cell.local(), length);
    int done = Math.min(cell.local().length, length);
    for (long at = cell.overflow(); done < length && at >= 1 && at <= count; ) {
      byte[] page = view.read(snapshot, at);
      int part = Math.min(length - done, view.usableBytes() - 4);
      System.arraycopy(page, 4, payload, done, part);
      done += part;
      at = u32(page, 0);
    }
    return payload;
  }

  /** The schema's own tree, and those that it names. */
  List<Tree> trees() {
    List<Tree> trees = new ArrayList<>();
    trees.add(Tree.SCHEMA);
    addTrees(1, 0, new LongSet(), trees);
    return trees;
  }

  private void addTrees(long page, int depth, LongSet seen, List<Tree> trees) {
    BTreePage tree = page < 1 || !seen.add(page) || depth > MAX_DEPTH ? null : tree(page);
    if (tree == null) {
      return;
    }
    if (tree.isInterior()) {
      tree.forEachChild(child -> addTrees(child, depth + 1, seen, trees));
    } else if (tree.type() == BTreePage.LEAF_TABLE) {
      Charset encoding = SchemaRow.encoding(FirstPage.intAt(header, ENCODING_AT));
      for (int i = 0; i < tree.cellCount(); i++) {
        BTreePage.TableCell cell = tree.tableCell(i);
        Tree named = cell == null ? null : SchemaRow.parse(payload(cell), encoding);
        if (named != null) {
          trees.add(named);
        }
      }
    }
  }

  /** Tells all pages of the free list. */
  void forEachFreePage(LongConsumer consumer) {
    LongSet seen = new LongSet();
    long trunk = u32(header, FIRST_TRUNK_AT);
    while (trunk >= 1 && trunk <= count && seen.add(trunk)) {
      consumer.accept(trunk);
      byte[] page = view.read(snapshot, trunk);
      long leaves = Math.min(u32(page, 4), view.usableBytes() / 4 - 2);
      for (int i = 0; i < leaves; i++) {
        consumer.accept(u32(page, 8 + 4 * i));
      }
      trunk = u32(page, 0);
    }
  }

  /**
   * Whether a page tells of other pages' parents, as databases that vacuum themselves have them.
   */
  boolean isPointerMap(long page) {
    if (u32(header, LARGEST_ROOT_AT) == 0 || page < 2) {
      return false;
    }
    long each = view.usableBytes() / 5 + 1;
    long at = (page - 2) / each * each + 2;
    // The page of the lock byte is skipped.
    return page == (at == (1L << 30) / view.pageBytes() + 1 ? at + 1 : at);
  }

  private static long u32(byte[] bytes, int at) {
    return Integer.toUnsignedLong(FirstPage.intAt(bytes, at));
  }
}
