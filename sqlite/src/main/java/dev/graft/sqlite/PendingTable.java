package dev.graft.sqlite;

import dev.graft.client.Mutation;
import dev.graft.client.PendingCommit;
import dev.graft.sqlite.ffi.TableFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT * FROM graft_pending}: the local transactions that are not in the store, oldest
 * first; {@code graft_pending('other')} tells of an attached volume.
 */
final class PendingTable implements TableFunction {
  @Override
  public String name() {
    return "graft_pending";
  }

  @Override
  public List<String> columns() {
    return List.of(
        "n INTEGER",
        "key TEXT",
        "time TEXT",
        "author TEXT",
        "message TEXT",
        "pages_read INTEGER",
        "pages_written INTEGER",
        "bytes INTEGER",
        "mutation TEXT");
  }

  @Override
  public List<String> parameters() {
    return List.of("schema");
  }

  @Override
  public List<@Nullable Object[]> rows(long db, @Nullable Object[] arguments, long limit) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    long n = 0;
    for (PendingCommit each : GraftVfs.fileOf(db, arguments[0]).volume().replica().pending()) {
      rows.add(
          new @Nullable Object[] {
            ++n,
            each.key(),
            each.localTime(),
            each.author(),
            each.message(),
            each.readSet().cardinality(),
            each.writeSet().cardinality(),
            each.bytes(),
            each.mutation().map(Mutation::name).orElse(null)
          });
    }
    return rows;
  }
}
