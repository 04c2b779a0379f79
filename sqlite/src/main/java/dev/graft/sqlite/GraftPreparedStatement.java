package dev.graft.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A prepared statement of xerial's driver that tells the connection's {@link Recording} which
 * values are bound.
 */
final class GraftPreparedStatement extends JDBC4PreparedStatement {
  private final GraftConnection connection;

  GraftPreparedStatement(GraftConnection connection, String sql) throws SQLException {
    super(connection, sql);
    this.connection = connection;
  }

  @Override
  public boolean execute() throws SQLException {
    return connection.recorded(true, sql, batch, () -> super.execute());
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    return connection.recorded(true, sql, batch, () -> super.executeQuery());
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return connection.recorded(true, sql, batch, () -> super.executeLargeUpdate());
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return connection.recorded(false, sql, batch, () -> super.executeLargeBatch());
  }
}
