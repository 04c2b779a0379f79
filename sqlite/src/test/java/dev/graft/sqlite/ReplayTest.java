package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.client.Mutation;
import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.protocol.error.GraftException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Local transactions are written down as they are executed, and done again on others' commits. */
final class ReplayTest {
  private final FakeVolume volume = new FakeVolume(4096);
  private final FakeReplica replica = new FakeReplica(volume);
  private final FakeReplica other = new FakeReplica(volume);
  private final GraftDataSource source = GraftDataSource.over(replica).with(Durability.LOCAL);
  private final GraftDataSource otherSource = GraftDataSource.over(other);
  private Connection connection;
  private Statement statement;
  private Connection elsewhere;
  private Statement theirs;

  @BeforeEach
  void openBoth() throws SQLException {
    elsewhere = otherSource.getConnection();
    theirs = elsewhere.createStatement();
    theirs.execute("create table t(id integer primary key, a, b)");
    theirs.execute("create table log(x)");
    replica.pull();
    connection = source.getConnection();
    statement = connection.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    elsewhere.close();
    source.close();
    otherSource.close();
    assertThat(replica.openPins).hasValue(0);
    assertThat(other.openPins).hasValue(0);
  }

  /** What the other replica did comes first then. */
  private void pushAgain() throws SQLException {
    assertThat(replica.push(new Policy.Replay(new SqliteReplayer())))
        .isInstanceOf(PushResult.Pushed.class);
    other.pull();
    assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
    assertThat(Sql.dump(theirs)).isEqualTo(Sql.dump(statement));
  }

  private SqlMutation newest() {
    return SqlMutation.decode(newestRaw());
  }

  private Mutation newestRaw() {
    return replica.pending().getLast().mutation().orElseThrow();
  }

  private List<String> texts() {
    return newest().statements().stream().map(SqlStatement::sql).toList();
  }

  @Test
  void statements_areDoneAgainOnWhatOthersCommitted() throws SQLException {
    statement.execute("insert into t(a) values('mine')");
    connection.setAutoCommit(false);
    statement.execute("update t set b = 1");
    statement.execute("insert into log select count(*) from t");
    connection.commit();
    connection.setAutoCommit(true);
    theirs.execute("insert into t(a) values('theirs')");
    pushAgain();
    assertThat(Sql.rows(statement, "select * from t")).containsExactly("1|theirs|1", "2|mine|1");
    assertThat(Sql.rows(statement, "select * from log")).containsExactly("2");
  }

  @Test
  void boundValues_areKeptToTheLastBit() throws SQLException {
    byte[] blob = {0, 1, -1, 39};
    double exact = 0.1 + 0.2;
    try (PreparedStatement prepared =
        connection.prepareStatement("insert into t(a, b) values(?1, ?2), (:three, ?1)")) {
      prepared.setString(1, "it's\0here \u00e9\ud83d\ude00");
      prepared.setDouble(2, exact);
      prepared.setBytes(3, blob);
      prepared.executeUpdate();
      Arrays.fill(blob, (byte) 9);
      prepared.setNull(1, 0);
      prepared.setLong(2, Long.MIN_VALUE);
      prepared.setFloat(3, 0.1f);
      assertThat(prepared.execute()).isFalse();
    }
    List<Object> values = newest().statements().getFirst().values();
    assertThat(values).containsExactly(null, Long.MIN_VALUE, (double) 0.1f);
    theirs.execute("insert into t(a) values('theirs')");
    List<String> before = Sql.rows(statement, "select a, b from t");
    pushAgain();
    assertThat(Sql.rows(statement, "select a, b from t where id > 1")).isEqualTo(before);
    assertThat(Sql.rows(statement, "select b = " + exact + " from t where id = 2"))
        .containsExactly("1");
    assertThat(
            Sql.rows(
                statement,
                "select hex(a), length(cast((select a from t where id=2) as"
                    + " blob)) from t where id = 3"))
        .containsExactly("0001FF27|16");
  }

  @Test
  void batches_keepTheValuesOfEachRound() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement prepared =
        connection.prepareStatement("insert into t(a, b) values(?, ?)")) {
      for (int i = 0; i < 20; i++) {
        prepared.setInt(1, i);
        prepared.setString(2, "b" + i);
        prepared.addBatch();
      }
      prepared.executeBatch();
    }
    statement.addBatch("insert into log values(1)");
    statement.addBatch("insert into log values(2)");
    statement.executeBatch();
    statement.executeUpdate("insert into log values(3); insert into log values(4)");
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(newest().statements()).hasSize(24);
    assertThat(newest().statements().get(19).values()).containsExactly(19L, "b19");
    theirs.execute("insert into t(a) values('theirs')");
    pushAgain();
    assertThat(Sql.rows(statement, "select count(*), max(id), sum(a) from t"))
        .containsExactly("21|21|190.0");
  }

  @Test
  void triggers_areNotWrittenDownTwice() throws SQLException {
    theirs.execute("create trigger g after insert on t begin insert into log values(new.a); end");
    replica.pull();
    statement.execute("insert into t(a) values(5)");
    assertThat(texts()).containsExactly("insert into t(a) values(5)");
    theirs.execute("insert into t(a) values(6)");
    pushAgain();
    assertThat(Sql.rows(statement, "select x from log")).containsExactly("6", "5");
  }

  @Test
  void modules_areNotWrittenDownFromInside() throws SQLException {
    statement.execute("create virtual table words using fts5(w)");
    statement.execute("insert into words values('one two')");
    assertThat(texts()).containsExactly("insert into words values('one two')");
    theirs.execute("insert into t(a) values(6)");
    pushAgain();
    assertThat(Sql.rows(statement, "select w from words where words match 'two'"))
        .containsExactly("one two");
  }

  @Test
  void savepoints_thatWereRolledBackTo_areForgotten() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("savepoint zero");
    statement.execute("insert into t(a) values(1)");
    statement.execute("savepoint \"one two\"");
    statement.execute("insert into t(a) values(2)");
    Savepoint third = connection.setSavepoint();
    statement.execute("insert into t(a) values(3)");
    connection.rollback(third);
    assertThatThrownBy(() -> statement.execute("rollback to nowhere"))
        .isInstanceOf(SQLException.class);
    statement.execute("insert into t(a) values(4)");
    statement.execute("/* back */ Rollback transaction To Savepoint [One Two]");
    statement.execute("insert into t(a) values(5)");
    statement.execute("release zero");
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(texts()).containsExactly("insert into t(a) values(1)", "insert into t(a) values(5)");
  }

  @Test
  void statementsThatFailed_areNotDoneAgain() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into t values(1, 'x', null)");
    assertThatThrownBy(() -> statement.execute("insert into t values(7, 1, 1), (1, 'y', null)"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> statement.executeUpdate("insert into t values(1, 'y', null)"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> statement.execute("insert into nowhere values(1)"))
        .isInstanceOf(SQLException.class);
    statement.execute("insert into t values(2, 'z', null)");
    connection.commit();
    assertThat(texts())
        .containsExactly(
            "insert into t values(1, 'x', null)", "insert into t values(2, 'z', null)");
    statement.execute("insert into t values(3, 'x', null)");
    connection.rollback();
    statement.execute("insert into t values(4, 'x', null)");
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(texts()).containsExactly("insert into t values(4, 'x', null)");
  }

  @Test
  void statementThatFailedHalfway_makesItUnknown() throws SQLException {
    connection.setAutoCommit(false);
    assertThatThrownBy(
            () -> statement.execute("insert or fail into t values(1, 1, 1), (2, 1, 1), (1, 2, 2)"))
        .isInstanceOf(SQLException.class);
    connection.commit();
    unknown("kept a part of its work: insert or fail");
    assertThatThrownBy(() ->
            statement.executeUpdate("insert into log values(1); insert into nowhere values(1)"))
        .isInstanceOf(SQLException.class);
    connection.commit();
    unknown("one of several statements in a call failed");
    statement.execute("insert into log values('" + "x".repeat(600_000) + "')");
    connection.commit();
    unknown("more than 1048576 bytes");
    try (PreparedStatement prepared = connection.prepareStatement("insert into log values(?)")) {
      prepared.setBytes(1, new byte[600_000]);
      prepared.execute();
      prepared.execute();
    }
    connection.commit();
    unknown("more than 1048576 bytes");
    connection.setAutoCommit(true);
    statement.execute("insert into log values(1)");
    assertThat(texts()).containsExactly("insert into log values(1)");
  }

  @Test
  void statementThatCountsChanges_makesItUnknown() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into log values(total_changes())");
    connection.commit();
    unknown("it asks changes() or total_changes()");
    statement.execute("insert into log select Changes ()");
    connection.commit();
    unknown("it asks changes() or total_changes()");
    connection.setAutoCommit(true);
  }

  private void unknown(String why) {
    assertThat(newestRaw().name()).isEqualTo(SqlMutation.UNKNOWN);
    try (var onto = replica.begin()) {
      assertThatThrownBy(() -> new SqliteReplayer().replay(newestRaw(), onto))
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining("cannot be done again")
          .hasMessageContaining(why);
    }
  }

  @Test
  void replayThatFails_namesStatementAndErrorAndChangesNothing() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into log values(1)");
    statement.execute("insert into t values(5, 'mine', null)");
    connection.commit();
    connection.setAutoCommit(true);
    theirs.execute("insert into t values(5, 'theirs', null)");
    List<String> before = Sql.dump(statement);
    assertThatThrownBy(() -> replica.push(new Policy.Replay(new SqliteReplayer())))
        .isInstanceOf(GraftException.Conflict.class)
        .hasMessage(
            "statement 2 of 2, insert into t values(5, 'mine', null), fails on the newest commit:"
                + " UNIQUE constraint failed: t.id");
    assertThat(Sql.dump(statement)).isEqualTo(before);
    assertThat(replica.pending()).hasSize(1);
  }

  @Test
  void lastInsertRowid_isThatOfTheReplay() throws SQLException {
    statement.execute("insert into t(a) values('parent')");
    statement.execute("insert into log values(last_insert_rowid())");
    theirs.execute("insert into t(a) values('first')");
    theirs.execute("insert into t(a) values('second')");
    pushAgain();
    assertThat(Sql.rows(statement, "select id from t where a = 'parent'")).containsExactly("3");
    assertThat(Sql.rows(statement, "select x from log")).containsExactly("3");
    statement.execute("insert into log values(last_insert_rowid() + 100)");
    long before = Long.parseLong(Sql.rows(statement, "select max(x) from log").getFirst()) - 100;
    theirs.execute("insert into t(a) values('third')");
    pushAgain();
    assertThat(Sql.rows(statement, "select max(x) from log")).containsExactly("" + (before + 100));
  }

  @Test
  void settingsOfTheConnection_areThoseOfTheReplay() throws SQLException {
    theirs.execute("create table child(p references t(id) on delete cascade)");
    theirs.execute("insert into t values(1, 'x', null), (2, 'y', null)");
    theirs.execute("insert into child values(1), (2)");
    replica.pull();
    statement.execute("pragma foreign_keys = on");
    statement.execute("delete from t where id = 1");
    theirs.execute("insert into child values(1)");
    pushAgain();
    assertThat(Sql.rows(statement, "select p from child")).containsExactly("2");
  }

  @Test
  void vacuum_isDoneAgainAlone() throws SQLException {
    Sql.fill(statement, "log", 2000);
    statement.execute("delete from log where rowid % 2 = 0");
    statement.execute("vacuum");
    theirs.execute("insert into t(a) values('first')");
    pushAgain();
    assertThat(Sql.rows(statement, "select count(*) from log")).containsExactly("1000");
  }

  @Test
  void rowsThatAStatementReturns_areReadToTheEnd() throws SQLException {
    connection.setAutoCommit(false);
    try (ResultSet rows =
        statement.executeQuery("insert into t(a) values(1), (2), (3) returning id")) {
      assertThat(rows.next()).isTrue();
      try (Statement second = connection.createStatement()) {
        second.execute("insert into log values('meanwhile')");
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(texts()).hasSize(2);
    theirs.execute("insert into t(a) values('first')");
    pushAgain();
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("4");
  }

  @Test
  void attachedVolume_isNotDoneAgain() throws SQLException {
    FakeReplica beside = new FakeReplica(new FakeVolume(4096));
    String name = Registry.PROCESS.bring(beside);
    statement.execute("attach 'file:" + name + "?vfs=graft&commit=local' as beside");
    statement.execute("create table beside.t(a)");
    statement.execute("insert into beside.t values(1)");
    Mutation mutation = beside.pending().getLast().mutation().orElseThrow();
    assertThat(mutation.name()).isEqualTo(SqlMutation.UNKNOWN);
    statement.execute("insert into log select a from beside.t");
    theirs.execute("insert into t(a) values('first')");
    assertThatThrownBy(() -> replica.push(new Policy.Replay(new SqliteReplayer())))
        .hasMessageContaining("no such table: beside.t");
    Registry.PROCESS.forget(name);
  }

  @Test
  void mutationOfAnotherKind_isMisuse() {
    try (var onto = replica.begin()) {
      assertThatThrownBy(
              () -> new SqliteReplayer().replay(new Mutation("pay", new byte[] {1}), onto))
          .isInstanceOf(GraftException.Misuse.class)
          .hasMessageContaining("'pay' is not made of SQL");
      byte[] damaged = Recording.NOTHING_MORE.arguments().clone();
      damaged[9] ^= 1;
      assertThatThrownBy(
              () -> new SqliteReplayer().replay(new Mutation(SqlMutation.NAME, damaged), onto))
          .isInstanceOf(GraftException.Corrupt.class);
    }
  }
}
