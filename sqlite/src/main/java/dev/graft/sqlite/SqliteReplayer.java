package dev.graft.sqlite;

import dev.graft.client.Mutation;
import dev.graft.client.Replayer;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.ffi.Sqlite3;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Does local transactions of SQLite again: their statements, with the values that were bound, in
 * order. One is for the transactions of one push, in one thread.
 *
 * <p>Values stay what they were bound as; {@code random()}, {@code datetime('now')} and their like
 * are evaluated anew, and so are {@code last_insert_rowid()} and the rowids that SQLite chooses.
 * Temporary tables, attached databases, and functions that the application defined are not there:
 * statements that need them fail, and with one of them the whole transaction.
 */
public final class SqliteReplayer implements Replayer {
  /**
   * What the newest transaction of a connection that was done again has left.
   *
   * @param number of that transaction
   * @param rowid its last
   */
  private record Left(long number, long rowid) {}

  private final Map<Long, Left> byConnection = new HashMap<>();

  /** For one push. */
  public SqliteReplayer() {}

  /**
   * {@inheritDoc}
   *
   * @throws GraftException.Misuse when the mutation is none of SQL, or tells that it cannot be done
   *     again
   * @throws GraftException.Conflict when a statement fails on this snapshot; names it
   */
  @Override
  public void replay(Mutation mutation, Transaction onto) {
    SqlMutation work = SqlMutation.decode(mutation);
    if (work.statements().isEmpty()) {
      return;
    }
    String name = Registry.PROCESS.bring(new ReplayVolume(onto));
    String url = GraftDriver.PREFIX + "file:" + name + "?vfs=graft";
    try (Connection connection = GraftConnection.open(url, new Properties())) {
      run(work, connection);
    } catch (SQLException e) {
      throw new GraftException.Unavailable("SQLite cannot do the transaction again", e);
    } finally {
      Registry.PROCESS.forget(name);
    }
  }

  private void run(SqlMutation work, Connection connection) throws SQLException {
    try (Statement plain = connection.createStatement()) {
      for (String setting : work.settings()) {
        plain.execute(setting);
      }
      Left left = byConnection.get(work.connection());
      // An older number is one of a push that begins anew.
      boolean follows = left != null && left.number() < work.number();
      GraftConnection.setLastInsertRowid(
          connection, left != null && follows ? left.rowid() : work.lastRowid());
      // A single statement may be one that must stand alone, such as VACUUM.
      boolean several = work.statements().size() > 1;
      if (several) {
        plain.execute("BEGIN IMMEDIATE");
      }
      runAll(work.statements(), connection);
      if (several) {
        plain.execute("COMMIT");
      }
      long rowid = GraftConnection.lastInsertRowid(connection);
      byConnection.put(work.connection(), new Left(work.number(), rowid));
    }
  }

  private static void runAll(List<SqlStatement> statements, Connection connection) {
    for (int i = 0; i < statements.size(); i++) {
      SqlStatement each = statements.get(i);
      try (PreparedStatement statement = connection.prepareStatement(each.sql())) {
        bind(each.values(), statement);
        if (statement.execute()) {
          readAll(statement);
        }
      } catch (SQLException e) {
        throw failure(e, connection, (i + 1) + " of " + statements.size() + ", " + each.shown());
      }
    }
  }

  /** A page that cannot be had, or no room for one, is no fault of the statement. */
  private static RuntimeException failure(SQLException e, Connection connection, String which) {
    int code = e.getErrorCode() & 0xFF;
    if (code == Sqlite3.SQLITE_IOERR || code == Sqlite3.SQLITE_FULL) {
      Throwable beneath = GraftConnection.lastFailure(connection);
      if (beneath instanceof RuntimeException cause) {
        return cause;
      }
    }
    return new GraftException.Conflict(
        "statement " + which + ", fails on the newest commit: " + reason(e));
  }

  /** The driver's text without its frame: {@code [SQLITE_ERROR] SQL error (no such table: t)}. */
  private static String reason(SQLException e) {
    String text = String.valueOf(e.getMessage());
    int open = text.indexOf('(');
    return text.startsWith("[SQLITE") && open > 0 && text.endsWith(")")
        ? text.substring(open + 1, text.length() - 1)
        : text;
  }

  private static void bind(List<@Nullable Object> values, PreparedStatement statement)
      throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
  }

  private static void readAll(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      boolean more = rows.next();
      while (more) {
        more = rows.next();
      }
    }
  }
}
