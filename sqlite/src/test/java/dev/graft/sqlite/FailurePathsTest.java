package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** After each failure the data is as it was, and the connection is in the state that JDBC says. */
final class FailurePathsTest {
  private final FakeVolume volume = new FakeVolume(4096);
  private final FakeReplica replica = new FakeReplica(volume);
  private final FakeReplica other = new FakeReplica(volume);
  private final GraftDataSource source = GraftDataSource.over(replica);
  private final GraftDataSource otherSource = GraftDataSource.over(other);
  private Connection connection;
  private Statement statement;
  private Connection elsewhere;
  private Statement otherStatement;

  @BeforeEach
  void openBoth() throws SQLException {
    connection = source.getConnection();
    statement = connection.createStatement();
    statement.execute("create table t(a)");
    statement.execute("insert into t values(0)");
    other.pull();
    elsewhere = otherSource.getConnection();
    otherStatement = elsewhere.createStatement();
  }

  @AfterEach
  void everyPinIsLetGo() throws SQLException {
    replica.failReads = null;
    replica.failWrites = null;
    replica.failCommits = null;
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
    connection.close();
    elsewhere.close();
    assertThat(replica.openPins).hasValue(0);
    assertThat(other.openPins).hasValue(0);
  }

  @Test
  void commit_afterAnotherReplicas_isBusyAndWorksWhenDoneAgain() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into t values(1)");
    otherStatement.execute("insert into t values(2)");
    fails(connection::commit, SQLiteErrorCode.SQLITE_BUSY);
    fails(connection::commit, SQLiteErrorCode.SQLITE_BUSY);
    assertThat(Sql.rows(statement, "pragma graft_last_error").getFirst())
        .contains("another commit came first");
    connection.rollback();
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0", "2");
    statement.execute("insert into t values(1)");
    connection.commit();
    other.pull();
    assertThat(Sql.rows(otherStatement, "select a from t")).containsExactly("0", "2", "1");
  }

  @Test
  void autocommit_afterAnotherReplicas_isBusyAndWorksWhenDoneAgain() throws SQLException {
    otherStatement.execute("insert into t values(2)");
    fails(() -> statement.execute("insert into t values(1)"), SQLiteErrorCode.SQLITE_BUSY);
    statement.execute("insert into t values(1)");
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0", "2", "1");
  }

  @Test
  void commit_afterASpillAndAConflict_rollsBackWhatWasSpilled() throws SQLException {
    statement.execute("pragma cache_size=5");
    connection.setAutoCommit(false);
    Sql.fill(statement, "t", 3000);
    otherStatement.execute("insert into t values(2)");
    fails(connection::commit, SQLiteErrorCode.SQLITE_BUSY);
    connection.rollback();
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0", "2");
  }

  @Test
  void write_onASnapshotThatHasMoved_isBusySnapshot() throws SQLException {
    otherStatement.execute("insert into t values(2)");
    connection.setAutoCommit(false);
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0");
    replica.pull();
    fails(() -> statement.execute("insert into t values(1)"), SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT);
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0");
    connection.rollback();
    statement.execute("insert into t values(1)");
    connection.commit();
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0", "2", "1");
  }

  @Test
  void write_whileAnotherConnectionWrites_isBusy() throws SQLException {
    try (Connection second = source.getConnection();
        Statement his = second.createStatement()) {
      his.execute("pragma busy_timeout=1");
      connection.setAutoCommit(false);
      statement.execute("insert into t values(1)");
      fails(() -> his.execute("insert into t values(2)"), SQLiteErrorCode.SQLITE_BUSY);
      assertThat(Sql.rows(his, "select a from t")).containsExactly("0");
      connection.commit();
      his.execute("insert into t values(2)");
      assertThat(Sql.rows(his, "select a from t")).containsExactly("0", "1", "2");
    }
  }

  @Test
  void commit_onAFullDisk_isFullAndNothingIsLeft() throws SQLException {
    failsWith(
        new GraftException.Limit("the disk is full: 0 bytes left"), SQLiteErrorCode.SQLITE_FULL);
    assertThat(Sql.rows(statement, "pragma graft_last_error").getFirst())
        .contains("the disk is full");
  }

  @Test
  void commit_withoutTheRemote_isAnIoErrorWithItsCause() throws SQLException {
    failsWith(
        new GraftException.Unavailable("the remote does not answer", new IOException("refused")),
        SQLiteErrorCode.SQLITE_IOERR_FSYNC);
    assertThat(Sql.rows(statement, "pragma graft_last_error").getFirst())
        .contains("the remote does not answer");
  }

  @Test
  void commit_withoutPermission_isAuth() throws SQLException {
    failsWith(new GraftException.Unauthorized("read only token"), SQLiteErrorCode.SQLITE_AUTH);
  }

  @Test
  void commit_thatBreaksInside_doesNotEndTheJvm() throws SQLException {
    failsWith(new IllegalStateException("a bug"), SQLiteErrorCode.SQLITE_IOERR_FSYNC);
  }

  /** The commit fails; with auto-commit off the connection stays in a transaction. */
  private void failsWith(RuntimeException cause, SQLiteErrorCode code) throws SQLException {
    statement.execute("pragma cache_size=5");
    connection.setAutoCommit(false);
    Sql.fill(statement, "t", 500);
    replica.failCommits = cause;
    fails(connection::commit, code);
    replica.failCommits = null;
    assertThat(connection.getAutoCommit()).isFalse();
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0");
    statement.execute("insert into t values(3)");
    other.pull();
    assertThat(Sql.rows(otherStatement, "select a from t")).containsExactly("0");
    connection.rollback();
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0");
    statement.execute("insert into t values(4)");
    connection.commit();
    connection.setAutoCommit(true);

    replica.failCommits = cause;
    fails(() -> statement.execute("insert into t values(5)"), code);
    replica.failCommits = null;
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0", "4");
  }

  @Test
  void spill_onAFullDisk_isFullAndRollsBack() throws SQLException {
    statement.execute("pragma cache_size=5");
    connection.setAutoCommit(false);
    statement.execute("insert into t values(1)");
    replica.failWrites = new GraftException.Limit("no room");
    fails(() -> Sql.fill(statement, "t", 3000), SQLiteErrorCode.SQLITE_FULL);
    replica.failWrites = null;
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0");
    statement.execute("insert into t values(2)");
    connection.rollback();
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0");
  }

  @Test
  void read_thatFails_leavesTheConnectionUsable() throws SQLException {
    Sql.fill(statement, "t", 500);
    try (Connection fresh = source.getConnection();
        Statement his = fresh.createStatement()) {
      assertThat(Sql.rows(his, "select count(*) from sqlite_schema")).containsExactly("1");
      replica.failReads = new GraftException.Unavailable("the remote does not answer");
      fails(() -> Sql.rows(his, "select count(*) from t"), SQLiteErrorCode.SQLITE_IOERR_READ);
      replica.failReads = new GraftException.Corrupt("segments/x at 17: wrong checksum");
      fails(() -> Sql.rows(his, "select count(*) from t"), SQLiteErrorCode.SQLITE_IOERR_DATA);
      replica.failReads = new GraftException.Unavailable("gone", new InterruptedException());
      fails(() -> Sql.rows(his, "select count(*) from t"), SQLiteErrorCode.SQLITE_INTERRUPT);
      replica.failReads = null;
      assertThat(Sql.rows(his, "select count(*) from t")).containsExactly("501");
    }
  }

  /** At whatever read it fails: SQLite gives the file up before it is open, or after. */
  @Test
  void open_firstPageCannotBeRead_tellsWhyAndWorksLater() throws SQLException {
    replica.failReads = new GraftException.Unavailable("the remote does not answer");
    int failed = 0;
    for (int good = 0; good < 20; good++) {
      replica.goodReads.set(good);
      try (Connection fresh = source.getConnection()) {
        assertThat(fresh.isClosed()).isFalse();
      } catch (SQLException e) {
        failed++;
        assertThat(e.getMessage())
            .as("after %s reads", good)
            .isEqualTo("the remote does not answer");
        assertThat(e.getCause()).isSameAs(replica.failReads);
        assertThat(e.getErrorCode()).isEqualTo(SQLiteErrorCode.SQLITE_IOERR.code);
      }
    }
    assertThat(failed).as("openings that failed").isBetween(2, 19);
    replica.failReads = null;
    try (Connection fresh = source.getConnection();
        Statement his = fresh.createStatement()) {
      assertThat(Sql.rows(his, "select a from t")).containsExactly("0");
    }
  }

  @Test
  void pull_inAWriteTransaction_isRefused() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into t values(1)");
    assertThatThrownBy(() -> statement.execute("pragma graft_pull"))
        .hasMessageContaining("within a write transaction");
    connection.rollback();
    connection.setAutoCommit(true);
    otherStatement.execute("insert into t values(2)");
    assertThat(Sql.rows(statement, "pragma graft_pull").getFirst()).contains("\"upto\":3");
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("0", "2");
  }

  @Test
  void openReader_afterAnOwnCommit_readsThatCommitAndNothingNewer() throws SQLException {
    Sql.fill(statement, "t", 3000);
    other.pull();
    replica.afterCommit =
        () -> {
          replica.afterCommit = () -> {};
          other.pull();
          try {
            otherStatement.execute("delete from t");
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          replica.pull();
        };
    statement.execute("pragma cache_size=5");
    try (Statement reader = connection.createStatement();
        var rows = reader.executeQuery("select a from t")) {
      assertThat(rows.next()).isTrue();
      statement.execute("create table u(x)");
      int count = 1;
      while (rows.next()) {
        count++;
      }
      assertThat(count).isEqualTo(3001);
    }
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
    assertThat(Sql.rows(statement, "select count(*) from u")).containsExactly("0");
  }

  private static void fails(ThrowingCallable call, SQLiteErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLiteException.class, e -> assertThat(e.getResultCode()).isEqualTo(code));
  }
}
