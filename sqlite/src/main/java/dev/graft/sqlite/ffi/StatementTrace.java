package dev.graft.sqlite.ffi;

import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code sqlite3_trace_v2} with {@code SQLITE_TRACE_STMT}, by connection. */
public final class StatementTrace {
  private static final int SQLITE_TRACE_STMT = 1;

  private static final long CALLBACK =
      Stubs.upcall(MethodHandles.lookup(), "trace", int.class, Stubs.ILLL);

  private static final Map<Long, Entry> LISTENERS = new ConcurrentHashMap<>();

  private record Entry(ApiRoutines api, StatementListener listener) {}

  private StatementTrace() {}

  /** Has a listener told of all that a connection executes. */
  public static void listen(ApiRoutines api, long db, StatementListener listener) {
    LISTENERS.put(db, new Entry(api, listener));
    api.trace(db, SQLITE_TRACE_STMT, CALLBACK, db);
  }

  /** The listener of a connection, or null. */
  public static @Nullable StatementListener of(long db) {
    Entry entry = LISTENERS.get(db);
    return entry == null ? null : entry.listener();
  }

  /** Forgets a listener: its connection ends. */
  public static void forget(long db) {
    LISTENERS.remove(db);
  }

  /** Triggers and what modules run inside bring a text of their own, not that of the statement. */
  static int trace(int type, long context, long stmt, long zSql) {
    try {
      Entry entry = LISTENERS.get(context);
      if (entry != null && entry.api.sql(stmt) == zSql) {
        entry.listener.begins(stmt, zSql);
      }
      return Sqlite3.SQLITE_OK;
    } catch (Throwable e) {
      return Sqlite3.SQLITE_ERROR;
    }
  }
}
