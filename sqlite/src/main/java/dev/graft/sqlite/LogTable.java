package dev.graft.sqlite;

import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.remote.LogPage;
import dev.graft.sqlite.ffi.TableFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT * FROM graft_log LIMIT n}: the newest commits of the connection's volume, at most
 * 1,000; {@code graft_log('other')} tells of an attached one.
 */
final class LogTable implements TableFunction {
  private static final long MAX = 1000;

  @Override
  public String name() {
    return "graft_log";
  }

  @Override
  public List<String> columns() {
    return List.of(
        "lsn INTEGER",
        "hash TEXT",
        "time TEXT",
        "snapshot INTEGER",
        "page_count INTEGER",
        "pages_written INTEGER",
        "transactions INTEGER",
        "author TEXT",
        "message TEXT");
  }

  @Override
  public List<String> parameters() {
    return List.of("schema");
  }

  @Override
  public List<@Nullable Object[]> rows(long db, @Nullable Object[] arguments, long limit) {
    if (limit == 0) {
      return List.of();
    }
    int wanted = (int) (limit < 0 ? MAX : Math.min(limit, MAX));
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (LogPage.Entry commit :
        GraftVfs.fileOf(db, arguments[0]).volume().replica().log(wanted).commits()) {
      rows.add(row(commit));
    }
    return rows;
  }

  private static @Nullable Object[] row(LogPage.Entry commit) {
    TransactionRecord first =
        commit.transactions().isEmpty() ? null : commit.transactions().getFirst();
    return new @Nullable Object[] {
      commit.position().lsn().value(),
      commit.position().hash(),
      commit.time(),
      commit.snapshot().value(),
      commit.count().value(),
      commit.pagesWritten() < 0 ? null : commit.pagesWritten(),
      (long) commit.transactions().size(),
      first == null ? null : first.author(),
      first == null ? null : first.message()
    };
  }
}
