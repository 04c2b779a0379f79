package dev.graft.sqlite;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.page.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which rows of a table differ, by their rowids, ascending.
 *
 * @param added there were none of that rowid before
 * @param removed there are none of that rowid any more
 * @param changed they have other content
 */
public record RowChanges(List<Long> added, List<Long> removed, List<Long> changed) {
  /** More rows on changed pages are not compared. */
  public static final int MAX_ROWS = 1_000_000;

  public RowChanges {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
    changed = List.copyOf(changed);
  }

  /**
   * Compares the rows on some leaf pages.
   *
   * @return none when there are too many
   */
  static Optional<RowChanges> between(
      DatabasePages from, PageSet pagesFrom, DatabasePages upto, PageSet pagesUpto) {
    Optional<Map<Long, Hash>> before = rows(from, pagesFrom);
    Optional<Map<Long, Hash>> after = rows(upto, pagesUpto);
    return before.isEmpty() || after.isEmpty()
        ? Optional.empty()
        : Optional.of(between(before.get(), after.get()));
  }

  private static RowChanges between(Map<Long, Hash> before, Map<Long, Hash> after) {
    List<Long> added = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    List<Long> changed = new ArrayList<>();
    after.forEach((rowid, content) -> {
      Hash old = before.get(rowid);
      if (old == null) {
        added.add(rowid);
      } else if (!old.equals(content)) {
        changed.add(rowid);
      }
    });
    before.keySet().stream().filter(rowid -> !after.containsKey(rowid)).forEach(removed::add);
    return new RowChanges(added, removed, changed);
  }

  private static Optional<Map<Long, Hash>> rows(DatabasePages pages, PageSet leaves) {
    Map<Long, Hash> rows = new TreeMap<>();
    for (var each = leaves.iterator(); each.hasNext(); ) {
      BTreePage leaf = pages.tree(each.nextLong());
      if (leaf != null && leaf.type() == BTreePage.LEAF_TABLE) {
        for (int i = 0; i < leaf.cellCount(); i++) {
          BTreePage.TableCell cell = leaf.tableCell(i);
          if (cell != null) {
            rows.put(cell.rowid(), Hash.sha256(pages.payload(cell)));
          }
        }
      }
      if (rows.size() > MAX_ROWS) {
        return Optional.empty();
      }
    }
    return Optional.of(rows);
  }
}
