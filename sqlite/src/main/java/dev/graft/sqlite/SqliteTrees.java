package dev.graft.sqlite;

import dev.graft.client.Progress;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSet;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The tables and indexes of the database in a snapshot, as the pages of their trees. Reads the
 * schema and interior pages, which are hot, and fetches those that are not here; leaf pages are
 * named and not read. Pages into which a long row overflows are not named: only their leaf knows
 * them. For one thread.
 */
public final class SqliteTrees {
  private static final int MAX_DEPTH = 40;

  /** Names shown when one is not found. */
  private static final int MAX_NAMES = 20;

  /** What a tree holds. */
  public enum Kind {
    /** Rows by their number, or by their key in a table WITHOUT ROWID. */
    TABLE,
    /** Keys, each with the row that it belongs to. */
    INDEX
  }

  private final Snapshot snapshot;
  private final PageView view;
  private final List<TreeEntry> rows = new ArrayList<>();
  private final LongSet seen = new LongSet();

  private SqliteTrees(Snapshot snapshot, PageView view, Charset encoding) {
    this.snapshot = snapshot;
    this.view = view;
    readSchema(1, 0, encoding);
  }

  /**
   * Reads the schema.
   *
   * @param snapshot stays the caller's, and open while this is used
   * @throws GraftException.Misuse when the snapshot holds no database
   */
  public static SqliteTrees of(Snapshot snapshot) {
    byte[] header = new byte[SqliteHeader.LENGTH];
    if (snapshot.pageCount().value() > 0) {
      snapshot.read(1, 0, java.lang.foreign.MemorySegment.ofArray(header), 0, header.length);
    }
    PageView view = PageView.of(header);
    if (view == null) {
      throw new GraftException.Misuse("volume " + snapshot.volume() + " holds no SQLite database");
    }
    return new SqliteTrees(snapshot, view, TreeEntry.encoding(header));
  }

  private void readSchema(long at, int depth, Charset encoding) {
    byte[] page = load(at);
    if (page.length == 0 || depth > MAX_DEPTH) {
      return;
    }
    BTreePage tree = new BTreePage(page, view.usableBytes(), at);
    if (tree.type() == BTreePage.INTERIOR_TABLE) {
      tree.forEachChild(child -> readSchema(child, depth + 1, encoding));
    } else if (tree.type() == BTreePage.LEAF_TABLE) {
      for (int i = 0; i < tree.cellCount(); i++) {
        BTreePage.TableCell cell = tree.tableCell(i);
        if (cell != null) {
          rows.add(TreeEntry.of(cell.local(), encoding));
        }
      }
    }
  }

  /** A page that was not loaded before; empty for one that cannot be. */
  private byte[] load(long page) {
    boolean inside = page >= 1 && view.lastInVolume(snapshot, page) <= snapshot.pageCount().value();
    return inside && seen.add(page) ? view.read(snapshot, page) : new byte[0];
  }

  /**
   * The pages of a table or an index, in the volume's numbers.
   *
   * @param name in any case, as SQLite has it
   * @throws GraftException.NotFound when there is none of that name; the message names some
   */
  public PageSet pagesOf(String name) {
    return pagesOf(name, List.of(Kind.values()));
  }

  /** The pages of a table or an index that has to be of that kind. */
  public PageSet pagesOf(String name, Kind kind) {
    return pagesOf(name, List.of(kind));
  }

  private PageSet pagesOf(String name, List<Kind> kinds) {
    List<String> types = kinds.stream().map(kind -> kind.name().toLowerCase(Locale.ROOT)).toList();
    for (TreeEntry row : rows) {
      if (row.name().equalsIgnoreCase(name) && types.contains(row.type()) && row.root() > 0) {
        return inVolume(tree(row.root()));
      }
    }
    List<String> names =
        rows.stream()
            .filter(row -> types.contains(row.type()) && row.root() > 0)
            .map(TreeEntry::name)
            .limit(MAX_NAMES)
            .toList();
    throw new GraftException.NotFound(
        "no "
            + String.join(" or ", types)
            + " '"
            + name
            + "' in the database; it has: "
            + String.join(", ", names));
  }

  /** All pages of a tree but overflow pages, level by level: each interior level in one go. */
  private long[] tree(long root) {
    LongSet visited = new LongSet();
    List<long[]> levels = new ArrayList<>();
    long[] level = {root};
    for (int depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      levels.add(level);
      long last = level[level.length - 1];
      // All leaves lie equally deep: one page tells for its whole level.
      if (!isInterior(last)) {
        break;
      }
      snapshot.hydrate(inVolume(level), Progress.NONE);
      level = children(level, visited);
    }
    return levels.stream().flatMapToLong(Arrays::stream).toArray();
  }

  private boolean isInterior(long page) {
    return new BTreePage(view.read(snapshot, page), view.usableBytes(), page).isInterior();
  }

  private long[] children(long[] level, LongSet visited) {
    List<Long> children = new ArrayList<>();
    for (long parent : level) {
      BTreePage tree = new BTreePage(view.read(snapshot, parent), view.usableBytes(), parent);
      if (tree.isInterior()) {
        tree.forEachChild(child -> {
          boolean inside =
              child >= 1 && view.lastInVolume(snapshot, child) <= snapshot.pageCount().value();
          if (inside && visited.add(child)) {
            children.add(child);
          }
        });
      }
    }
    return children.stream().mapToLong(Long::longValue).toArray();
  }

  private PageSet inVolume(long[] pages) {
    PageSet.Builder set = PageSet.builder();
    long added = 0;
    for (long page : Arrays.stream(pages).sorted().toArray()) {
      // Several of SQLite's pages may lie in one of the volume's.
      long first = Math.max(added + 1, view.firstInVolume(snapshot, page));
      long last = view.lastInVolume(snapshot, page);
      if (first <= last) {
        set.addRange(first, last);
        added = last;
      }
    }
    return set.build();
  }
}
