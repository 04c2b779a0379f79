package dev.graft.sqlite;

import dev.graft.client.Changes;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.sqlite.ffi.TableFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT * FROM graft_changes(from, upto)}: runs of pages that changed between two commits.
 * Where the changes cannot be told apart from "all", one run of all pages.
 */
final class ChangesTable implements TableFunction {
  @Override
  public String name() {
    return "graft_changes";
  }

  @Override
  public List<String> columns() {
    return List.of("first_page INTEGER", "last_page INTEGER", "pages INTEGER");
  }

  @Override
  public List<String> parameters() {
    return List.of("since", "upto", "schema");
  }

  @Override
  public List<@Nullable Object[]> rows(long db, @Nullable Object[] arguments, long limit) {
    if (!(arguments[0] instanceof Long from) || !(arguments[1] instanceof Long upto)) {
      throw new GraftException.Misuse(
          "graft_changes wants two commit numbers: SELECT * FROM graft_changes(3, 7)");
    }
    Changes changes =
        GraftVfs.fileOf(db, arguments[2]).volume().replica().diff(new Lsn(from), new Lsn(upto));
    List<@Nullable Object[]> rows = new ArrayList<>();
    if (changes.whole()) {
      rows.add(run(1, changes.pageCount().value()));
    } else {
      changes.pages().forEachRange((first, last) -> rows.add(run(first, last)));
    }
    return rows;
  }

  private static @Nullable Object[] run(long first, long last) {
    return new @Nullable Object[] {first, last, last - first + 1};
  }
}
