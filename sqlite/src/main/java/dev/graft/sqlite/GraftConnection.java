package dev.graft.sqlite;

import dev.graft.sqlite.ffi.Sqlite3;
import dev.graft.sqlite.ffi.Vfs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * A connection of xerial's driver that stays what JDBC says it is.
 *
 * <p>When a commit fails for a full disk or an unreachable remote, SQLite rolls the transaction
 * back by itself. The driver does not notice: with auto-commit off it would go on without a
 * transaction, and every later statement would commit alone. Here the next transaction is begun
 * before anything else is done.
 */
final class GraftConnection extends JDBC4Connection {
  /** Set when the superclass is ready. */
  private final long db;

  /** Null until then, while the driver sets the connection up. */
  private final @Nullable Recording recording;

  /** What a JDBC call does. */
  interface Call<T> {
    T call() throws SQLException;
  }

  private GraftConnection(String url, String fileName, Properties properties) throws SQLException {
    super(url, fileName, properties);
    db = Vfs.address(this);
    recording = GraftVfs.fileOf(db).recording();
  }

  /**
   * Opens a connection.
   *
   * @throws SQLException with what the VFS said when the volume cannot be opened
   */
  static Connection open(String url, Properties properties) throws SQLException {
    GraftVfs.install();
    GraftVfs.takeOpenFailure();
    try {
      return new GraftConnection(url, url.substring(GraftDriver.PREFIX.length()), properties);
    } catch (SQLException e) {
      Throwable failure = GraftVfs.takeOpenFailure();
      if (failure == null) {
        throw e;
      }
      SQLException told =
          new SQLException(Failures.sentence(failure), e.getSQLState(), code(e, failure), failure);
      told.addSuppressed(e);
      throw told;
    }
  }

  /**
   * When SQLite gives an opened file up again, the driver has its exception pending while it closes
   * the file; that call into Java clears it, and what comes is only that the database is closed.
   * The driver tells the primary code of a result.
   */
  private static int code(SQLException told, Throwable failure) {
    int code = told.getErrorCode();
    return code == 0 ? Failures.code(failure, Sqlite3.SQLITE_IOERR_READ) & 0xFF : code;
  }

  @Override
  public DB getDatabase() {
    DB database = super.getDatabase();
    if (db != 0 && !isEnded() && isWithoutTransaction()) {
      try {
        database.exec(transactionPrefix(), false);
      } catch (SQLException e) {
        throw new IllegalStateException("no transaction can be begun", e);
      }
    }
    return database;
  }

  private boolean isEnded() {
    try {
      return isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  private boolean isWithoutTransaction() {
    return !getConnectionConfig().isAutoCommit() && GraftVfs.api().getAutocommit(db);
  }

  /** What {@code last_insert_rowid()} gives on a connection that {@link #open} gave. */
  static long lastInsertRowid(Connection connection) {
    return GraftVfs.api().lastInsertRowid(((GraftConnection) connection).db);
  }

  /** Sets what {@link #lastInsertRowid} gives. */
  static void setLastInsertRowid(Connection connection, long rowid) {
    GraftVfs.api().setLastInsertRowid(((GraftConnection) connection).db, rowid);
  }

  /** The address of the {@code sqlite3} behind a connection that {@link #open} gave. */
  static long address(Connection connection) {
    return ((GraftConnection) connection).db;
  }

  /** What last went wrong beneath a connection that {@link #open} gave, or null. */
  static @Nullable Throwable lastFailure(Connection connection) {
    return GraftVfs.fileOf(((GraftConnection) connection).db).lastFailure();
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    checkOpen();
    checkCursor(type, concurrency, holdability);
    return new GraftStatement(this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    checkOpen();
    checkCursor(type, concurrency, holdability);
    return new GraftPreparedStatement(this, sql);
  }

  /**
   * Does a call, and tells the recording what it is about and when it fails.
   *
   * @param only whether at most the first statement of the text is executed, once
   * @param text what is executed
   * @param bound the values of its parameters, round after round; null without any
   */
  <T> T recorded(boolean only, String text, @Nullable Object @Nullable [] bound, Call<T> call)
      throws SQLException {
    Recording statements = recording;
    if (statements == null) {
      return call.call();
    }
    statements.calls(bound);
    boolean done = false;
    try {
      T result = call.call();
      done = true;
      return result;
    } finally {
      if (done) {
        statements.called();
      } else {
        statements.failed(only, text);
      }
    }
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return recorded(true, "SAVEPOINT", null, () -> super.setSavepoint());
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return recorded(true, "SAVEPOINT", null, () -> super.setSavepoint(name));
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    recorded(
        true,
        "RELEASE",
        null,
        () -> {
          super.releaseSavepoint(savepoint);
          return true;
        });
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    recorded(
        true,
        "ROLLBACK TO",
        null,
        () -> {
          super.rollback(savepoint);
          return true;
        });
  }

  @Override
  public void commit() throws SQLException {
    getDatabase();
    super.commit();
  }

  @Override
  public void rollback() throws SQLException {
    getDatabase();
    super.rollback();
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    getDatabase();
    super.setAutoCommit(autoCommit);
  }
}
