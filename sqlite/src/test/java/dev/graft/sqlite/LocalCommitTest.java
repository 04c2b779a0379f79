package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Commits that stay in the replica until they are pushed. */
final class LocalCommitTest {
  private final FakeVolume volume = new FakeVolume(4096);
  private final FakeReplica replica = new FakeReplica(volume);
  private final GraftDataSource remotely = GraftDataSource.over(replica);
  private final GraftDataSource source = remotely.with(Durability.LOCAL);
  private Connection connection;
  private Statement statement;
  private Connection second;
  private Statement his;

  @BeforeEach
  void open() throws SQLException {
    connection = source.getConnection();
    statement = connection.createStatement();
    second = source.getConnection();
    his = second.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    replica.failCommits = null;
    assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
    connection.close();
    second.close();
    assertThat(replica.openPins).hasValue(0);
    source.close();
  }

  @Test
  void commit_isSeenByOtherConnectionsAndNotInTheStore() throws SQLException {
    statement.execute("create table t(a)");
    assertThat(Sql.rows(his, "select count(*) from t")).containsExactly("0");
    statement.execute("insert into t values(1)");
    assertThat(Sql.rows(his, "select a from t")).containsExactly("1");
    his.execute("insert into t values(2)");
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("1", "2");
    assertThat(volume.head().position().lsn()).isEqualTo(Lsn.ZERO);
    assertThat(replica.pending()).hasSize(3);
    assertThat(replica.push(new Policy.Reject())).isInstanceOf(PushResult.Pushed.class);
    assertThat(volume.head().position().lsn()).isEqualTo(new Lsn(1));
    assertThat(Sql.rows(his, "select a from t")).containsExactly("1", "2");
    statement.execute("insert into t values(3)");
    assertThat(Sql.rows(his, "select a from t")).containsExactly("1", "2", "3");
  }

  @Test
  void push_whileAConnectionReads_keepsItsCacheAndItsRightToWrite() throws SQLException {
    statement.execute("create table t(a)");
    Sql.fill(statement, "t", 3000);
    connection.setAutoCommit(false);
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("3000");
    replica.push(new Policy.Reject());
    statement.execute("insert into t values(1)");
    replica.failReads = new IllegalStateException("all of this is in the cache");
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("3001");
    replica.failReads = null;
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(Sql.rows(his, "select count(*) from t")).containsExactly("3001");
  }

  @Test
  void conflict_isBusyAndWorksWhenDoneAgain() throws SQLException {
    statement.execute("create table t(a)");
    connection.setAutoCommit(false);
    statement.execute("insert into t values(1)");
    try (var foreign = replica.begin()) {
      foreign.truncate(foreign.pageCount());
      foreign.write(2, java.lang.foreign.MemorySegment.ofArray(volumePage(2)), 0);
      foreign.commit(dev.graft.client.CommitOptions.NONE.with(Durability.LOCAL));
    }
    fails(connection::commit, SQLiteErrorCode.SQLITE_BUSY);
    connection.rollback();
    statement.execute("insert into t values(1)");
    connection.commit();
    assertThat(Sql.rows(his, "select a from t")).containsExactly("1");
    connection.setAutoCommit(true);
  }

  private byte[] volumePage(int page) {
    byte[] bytes = new byte[4096];
    try (var now = replica.snapshot()) {
      now.read(page, 0, java.lang.foreign.MemorySegment.ofArray(bytes), 0, bytes.length);
    }
    return bytes;
  }

  @Test
  void fullDisk_isFullAndLeavesNothing() throws SQLException {
    statement.execute("create table t(a)");
    replica.failCommits = new GraftException.Limit("the disk is full");
    fails(() -> statement.execute("insert into t values(1)"), SQLiteErrorCode.SQLITE_FULL);
    connection.setAutoCommit(false);
    statement.execute("insert into t values(2)");
    fails(connection::commit, SQLiteErrorCode.SQLITE_FULL);
    replica.failCommits = null;
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
    statement.execute("insert into t values(3)");
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(Sql.rows(his, "select a from t")).containsExactly("3");
    assertThat(replica.pending()).hasSize(2);
  }

  @Test
  void openReader_afterAnOwnCommitAndAnothers_readsItsOwn() throws SQLException {
    statement.execute("create table t(a)");
    Sql.fill(statement, "t", 3000);
    statement.execute("pragma cache_size=5");
    try (Statement reader = connection.createStatement();
        ResultSet rows = reader.executeQuery("select a from t")) {
      assertThat(rows.next()).isTrue();
      statement.execute("create table u(x)");
      his.execute("delete from t where rowid > 2900");
      int count = 1;
      while (rows.next()) {
        count++;
      }
      assertThat(count).isEqualTo(3000);
    }
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("2900");
  }

  @Test
  void vacuum_ofALocalVolume_isOneLocalCommit() throws SQLException {
    statement.execute("create table t(a)");
    Sql.fill(statement, "t", 3000);
    statement.execute("delete from t where rowid % 2 = 0");
    int before = replica.pending().size();
    statement.execute("vacuum");
    assertThat(replica.pending()).hasSize(before + 1);
    assertThat(Sql.rows(his, "select count(*) from t")).containsExactly("1500");
  }

  @Test
  void pragmas_readAndSetHowAConnectionCommits() throws SQLException {
    assertThat(Sql.rows(statement, "pragma graft_commit")).containsExactly("local");
    statement.execute("create table t(a)");
    replica.push(new Policy.Reject());
    assertThat(Sql.rows(statement, "pragma graft_commit=remote")).containsExactly("remote");
    statement.execute("pragma graft_author='ann'");
    statement.execute("pragma graft_message='first'");
    statement.execute("insert into t values(1)");
    assertThat(volume.head().position().lsn()).isEqualTo(new Lsn(2));
    assertThat(replica.lastOptions.author()).isEqualTo("ann");
    assertThat(replica.lastOptions.message()).isEqualTo("first");
    statement.execute("insert into t values(2)");
    assertThat(replica.lastOptions.author()).isEqualTo("ann");
    assertThat(replica.lastOptions.message()).isEmpty();
    assertThat(Sql.rows(statement, "pragma graft_onconflict")).containsExactly("reject");
    assertThat(Sql.rows(statement, "pragma graft_onconflict=merge")).containsExactly("merge");
    assertThatThrownBy(() -> statement.execute("pragma graft_commit=later"))
        .hasMessageContaining("commit is remote or local, not 'later'");
    connection.setAutoCommit(false);
    statement.execute("insert into t values(3)");
    assertThatThrownBy(() -> statement.execute("pragma graft_commit=local"))
        .hasMessageContaining("within a write transaction");
    connection.commit();
    connection.setAutoCommit(true);
    assertThatThrownBy(() -> source.onConflict(new Policy.Replay((mutation, onto) -> {})))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void twoSourcesOverOneReplica_takeTurnsToWrite() throws SQLException {
    try (GraftDataSource other = GraftDataSource.over(replica);
        Connection third = other.getConnection();
        Statement theirs = third.createStatement()) {
      statement.execute("create table t(a)");
      theirs.execute("pragma busy_timeout=1");
      connection.setAutoCommit(false);
      statement.execute("insert into t values(1)");
      fails(() -> theirs.execute("begin immediate"), SQLiteErrorCode.SQLITE_BUSY);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static void fails(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, SQLiteErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLiteException.class, e -> assertThat(e.getResultCode()).isEqualTo(code));
  }
}
