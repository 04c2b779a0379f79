package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What two snapshots of a SQLite database differ in, by table and index. Reads interior pages and,
 * of leaf pages, those that changed.
 *
 * @param pageBytes SQLite's page size, in which pages are counted here
 * @param pagesBefore pages of the older database
 * @param pagesAfter pages of the newer database
 * @param parts what has changed, tables with their indexes, then the rest
 */
public record DatabaseDiff(int pageBytes, long pagesBefore, long pagesAfter, List<Part> parts) {
  /** What a part of a database is. */
  public enum Kind {
    /** The list of all tables and indexes. */
    SCHEMA,
    /** A table. */
    TABLE,
    /** An index. */
    INDEX,
    /** Pages that belong to nothing. */
    FREE,
    /** Pages that databases have which vacuum themselves. */
    POINTER_MAP,
    /**
     * Pages whose owner is not known: those of long values that were overwritten in place, so that
     * no page which names them has changed.
     */
    OTHER
  }

  /** Whether a part is new. */
  public enum Fate {
    /** It is in both snapshots. */
    CHANGED,
    /** It is in the newer one alone. */
    ADDED,
    /** It is in the older one alone. */
    DROPPED
  }

  /**
   * A part of the database that has changed.
   *
   * @param kind what it is
   * @param name of the table or index, else empty
   * @param table whose index it is, else empty
   * @param fate whether it is new
   * @param pages changed pages that belong to it in the newer snapshot; for a dropped one, that
   *     belonged to it in the older one
   * @param rows which rows differ, where that was asked for and the table has rowids
   */
  public record Part(
      Kind kind, String name, String table, Fate fate, long pages, Optional<RowChanges> rows) {}

  /**
   * Tells a difference.
   *
   * @param from the older snapshot
   * @param upto the newer snapshot
   * @param changed the volume's pages that changed in between
   * @param withRows whether to compare rows: reads all changed leaf pages of tables
   * @return none when one of them holds no database, or their page sizes differ
   */
  public static Optional<DatabaseDiff> between(
      Snapshot from, Snapshot upto, PageSet changed, boolean withRows) {
    DatabasePages before = DatabasePages.of(from);
    DatabasePages after = DatabasePages.of(upto);
    if (after == null || (before != null && before.pageBytes() != after.pageBytes())) {
      return Optional.empty();
    }
    if (before == null && from.pageCount().value() > 0) {
      return Optional.empty();
    }
    PageSet pages = inPagesOf(after.pageBytes(), changed, upto.pageSize());
    return Optional.of(
        new DatabaseDiff(
            after.pageBytes(),
            before == null ? 0 : before.count(),
            after.count(),
            new Telling(before, after, pages, withRows).parts()));
  }

  /** SQLite's page size need not be the volume's. */
  private static PageSet inPagesOf(int pageBytes, PageSet changed, PageSize size) {
    TreeSet<Long> pages = new TreeSet<>();
    changed.forEachRange((first, last) -> {
      long firstPage = (first - 1) * size.bytes() / pageBytes + 1;
      long lastPage = (last * size.bytes() - 1) / pageBytes + 1;
      for (long page = firstPage; page <= lastPage; page++) {
        pages.add(page);
      }
    });
    return PageSet.of(pages.stream().mapToLong(Long::longValue).toArray());
  }

  /** Counts pages by their owners. */
  private static final class Telling {
    private final @Nullable DatabasePages before;
    private final DatabasePages after;
    private final PageSet changed;
    private final boolean withRows;
    private final @Nullable PageOwners ownersBefore;
    private final PageOwners ownersAfter;

    Telling(
        @Nullable DatabasePages before, DatabasePages after, PageSet changed, boolean withRows) {
      this.before = before;
      this.after = after;
      this.changed = changed;
      this.withRows = withRows;
      this.ownersBefore = before == null ? null : new PageOwners(before, changed, withRows);
      this.ownersAfter = new PageOwners(after, changed, withRows);
    }

    List<Part> parts() {
      Map<Tree, Long> counts = new LinkedHashMap<>();
      changed
          .cut(after.count())
          .forEach(page -> counts.merge(ownersAfter.of(page).anywhere(), 1L, Long::sum));
      List<Part> parts = new ArrayList<>();
      for (Tree tree : ownersAfter.trees()) {
        boolean isNew = !isIn(tree, ownersBefore);
        long pages = counts.getOrDefault(tree.anywhere(), 0L);
        Optional<RowChanges> rows = rows(tree);
        if (pages > 0 || isNew || rows.filter(row -> !row.removed().isEmpty()).isPresent()) {
          parts.add(part(tree, isNew ? Fate.ADDED : Fate.CHANGED, pages, rows));
        }
      }
      addDropped(parts);
      for (Tree rest : List.of(Tree.FREE, Tree.POINTER_MAP, Tree.OTHER)) {
        long pages = counts.getOrDefault(rest.anywhere(), 0L);
        if (pages > 0) {
          parts.add(part(rest, Fate.CHANGED, pages, Optional.empty()));
        }
      }
      parts.sort(
          Comparator.comparing((Part part) -> order(part.kind()))
              .thenComparing(part -> part.kind() == Kind.INDEX ? part.table() : part.name())
              .thenComparing(part -> part.kind() == Kind.INDEX ? part.name() : ""));
      return parts;
    }

    private static int order(Kind kind) {
      return kind == Kind.INDEX ? Kind.TABLE.ordinal() : kind.ordinal();
    }

    private static Part part(Tree tree, Fate fate, long pages, Optional<RowChanges> rows) {
      return new Part(tree.kind(), tree.name(), tree.table(), fate, pages, rows);
    }

    private static boolean isIn(Tree tree, @Nullable PageOwners owners) {
      return owners != null
          && owners.trees().stream().anyMatch(other -> other.anywhere().equals(tree.anywhere()));
    }

    private void addDropped(List<Part> parts) {
      if (ownersBefore == null) {
        return;
      }
      Map<Tree, Long> counts = new LinkedHashMap<>();
      changed.forEach(page -> counts.merge(ownersBefore.of(page).anywhere(), 1L, Long::sum));
      for (Tree tree : ownersBefore.trees()) {
        if (!isIn(tree, ownersAfter)) {
          parts.add(
              part(tree, Fate.DROPPED, counts.getOrDefault(tree.anywhere(), 0L), Optional.empty()));
        }
      }
    }

    /**
     * Rows lie on leaf pages that changed, and on those that left the table or came to it: what is
     * freed is not written.
     */
    private Optional<RowChanges> rows(Tree tree) {
      if (!withRows || tree.kind() != Kind.TABLE || before == null || ownersBefore == null) {
        return Optional.empty();
      }
      BTreePage root = after.tree(tree.root());
      boolean hasRowids =
          root != null
              && (root.type() == BTreePage.LEAF_TABLE || root.type() == BTreePage.INTERIOR_TABLE);
      if (!hasRowids || !isIn(tree, ownersBefore)) {
        return Optional.empty();
      }
      PageSet leavesBefore = ownersBefore.leavesOf(tree);
      PageSet leavesAfter = ownersAfter.leavesOf(tree);
      PageSet stayed = leavesBefore.intersection(leavesAfter).difference(changed);
      return RowChanges.between(
          before, leavesBefore.difference(stayed), after, leavesAfter.difference(stayed));
    }
  }
}
