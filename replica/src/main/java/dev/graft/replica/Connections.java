package dev.graft.replica;

import dev.graft.sqlite.GraftDataSource;
import dev.graft.sqlite.Reading;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * Connections that only read, kept for the next query: their caches and SQLite's picture of the
 * schema are what makes a restored process warm. Safe for use by many threads.
 */
final class Connections implements AutoCloseable {
  private static final int MAX_KEPT = 8;
  private static final int MAX_SQL_BYTES = 1 << 20;

  /** No row and no value may be longer, read or made. */
  private static final int MAX_VALUE_BYTES = 16 << 20;

  private final GraftDataSource source;

  /** Guarded by itself. */
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();

  Connections(GraftDataSource source) {
    this.source = source;
  }

  /** A connection to the current snapshot. */
  Connection take() throws SQLException {
    synchronized (idle) {
      Connection kept = idle.poll();
      if (kept != null) {
        return kept;
      }
    }
    return ready(source.getConnection());
  }

  /** A connection to a snapshot of the past: one request. To be closed, not given back. */
  Connection past(Query.Past past) throws SQLException {
    return ready(
        switch (past) {
          case Query.Past.AtLsn(var lsn) -> source.getConnection(lsn);
          case Query.Past.AtTime(var time) -> source.getConnection(time);
        });
  }

  private Connection ready(Connection connection) throws SQLException {
    try {
      SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
      sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
      sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES);
      sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
      try (Statement statement = connection.createStatement()) {
        // A large sort spills to a file that has no name: memory stays bounded by the caches.
        statement.execute("PRAGMA temp_store=file");
      }
      Reading.guard(connection);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Takes a connection back, without a transaction. */
  void give(Connection connection) throws SQLException {
    synchronized (idle) {
      if (idle.size() < MAX_KEPT) {
        idle.push(connection);
        return;
      }
    }
    connection.close();
  }

  @Override
  public void close() throws SQLException {
    synchronized (idle) {
      for (Connection connection : idle) {
        connection.close();
      }
      idle.clear();
    }
    source.close();
  }
}
