package dev.graft.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.jdbc4.JDBC4Statement;

/** A statement of xerial's driver whose failures are told to the connection's {@link Recording}. */
final class GraftStatement extends JDBC4Statement {
  private final GraftConnection connection;

  GraftStatement(GraftConnection connection) {
    super(connection);
    this.connection = connection;
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    return connection.recorded(true, sql, null, () -> super.execute(sql));
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return connection.recorded(true, sql, null, () -> super.executeQuery(sql));
  }

  /** The driver executes all statements of the text here, and only the first one elsewhere. */
  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return connection.recorded(false, sql, null, () -> super.executeLargeUpdate(sql));
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return connection.recorded(false, "a batch", null, super::executeLargeBatch);
  }
}
