package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.id.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees of a database in a volume. */
final class BasicsTest {
  @TempDir Path folder;

  private final FakeVolume volume = new FakeVolume(4096);
  private final FakeReplica replica = new FakeReplica(volume);
  private final GraftDataSource source = GraftDataSource.over(replica);

  @AfterEach
  void nothingStaysPinned() {
    assertThat(replica.openPins).hasValue(0);
    source.close();
  }

  @Test
  void connection_createInsertSelect_readsWhatWasWritten() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table t(a integer primary key, b text)");
      statement.execute("insert into t(b) values('x'), ('y')");
      assertThat(Sql.rows(statement, "select * from t")).containsExactly("1|x", "2|y");
      assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
      assertThat(Sql.rows(statement, "pragma journal_mode")).containsExactly("memory");
    }
    assertThat(volume.head().position().lsn()).isEqualTo(new Lsn(2));
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(Sql.rows(statement, "select * from t")).containsExactly("1|x", "2|y");
    }
  }

  @Test
  void rollback_leavesNoCommit() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table t(a)");
      statement.execute("pragma cache_size=5");
      connection.setAutoCommit(false);
      statement.execute("insert into t values(1)");
      connection.rollback();
      Sql.fill(statement, "t", 2000);
      connection.rollback();
      assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
      connection.commit();
      statement.execute("update t set a=2 where a=77");
      connection.commit();
    }
    assertThat(replica.commits).hasValue(1);
  }

  @Test
  void savepoints_afterASpill_undoWhatCameAfterThem() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table t(a)");
      statement.execute("pragma cache_size=5");
      connection.setAutoCommit(false);
      statement.execute("insert into t values(-1)");
      statement.execute("savepoint one");
      Sql.fill(statement, "t", 3000);
      statement.execute("savepoint two");
      statement.execute("delete from t");
      statement.execute("rollback to two");
      assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("3001");
      statement.execute("rollback to one");
      assertThat(Sql.rows(statement, "select * from t")).containsExactly("-1");
      connection.commit();
      assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
    }
    assertThat(replica.commits).hasValue(2);
  }

  @Test
  void past_isReadOnlyAndStays() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table t(a)");
      statement.execute("insert into t values(1)");
      try (Connection past = source.getConnection(new Lsn(2));
          Statement then = past.createStatement()) {
        statement.execute("insert into t values(2)");
        assertThat(Sql.rows(then, "select * from t")).containsExactly("1");
        assertThatThrownBy(() -> then.execute("insert into t values(3)"))
            .hasMessageContaining("readonly");
        assertThatThrownBy(() -> then.execute("pragma graft_pull"))
            .hasMessageContaining("cannot move a snapshot of the past");
      }
      try (Connection past = source.getConnection(volume.at(new Lsn(1)).time());
          Statement then = past.createStatement()) {
        assertThat(Sql.rows(then, "select * from t")).isEmpty();
      }
    }
  }

  @Test
  void tableFunctions_tellStatusAndLog() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 9; i++) {
        statement.execute("create table t" + i + "(a)");
      }
      assertThat(Sql.rows(statement, "select volume, state, lsn, page_size from graft_status"))
          .containsExactly(volume.id + "|up to date|9|4096");
      assertThat(Sql.rows(statement, "select lsn, author, message from graft_log limit 2"))
          .containsExactly("9|me|a commit", "8|me|a commit");
      assertThat(Sql.rows(statement, "select count(*) from graft_log")).containsExactly("9");
      assertThat(Sql.rows(statement, "select lsn from graft_log where lsn < 4 limit 2"))
          .containsExactly("3", "2");
      assertThat(Sql.rows(statement, "select lsn from graft_log limit 2 offset 3"))
          .containsExactly("6", "5");
      assertThat(Sql.rows(statement, "pragma graft_status").getFirst())
          .startsWith("{\"volume\":\"" + volume.id + "\"")
          .contains("\"lsn\":9,");
    }
  }

  @Test
  void refusals_areOneClearSentence() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("pragma journal_mode=wal"))
          .hasMessageContaining("no write-ahead log");
      assertThatThrownBy(() -> statement.execute("pragma locking_mode=exclusive"))
          .hasMessageContaining("locking_mode=exclusive would hold");
      assertThat(Sql.rows(statement, "pragma journal_mode=delete")).containsExactly("memory");
    }
    String name = Registry.PROCESS.bring(replica);
    for (String parameter : new String[] {"nolock=1", "immutable=1", "cache=shared"}) {
      assertThatThrownBy(() -> Sql.open("jdbc:sqlite:file:" + name + "?vfs=graft&" + parameter))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(parameter.substring(0, 5));
    }
    assertThatThrownBy(() -> Sql.open("jdbc:sqlite:file:" + name + "?vfs=graft&at=noon"))
        .hasMessageContaining("neither an LSN nor a time");
    assertThatThrownBy(() -> Sql.open("jdbc:sqlite:file:nowhere?vfs=graft"))
        .hasMessageContaining("nothing tells where 'nowhere' is");
    Registry.PROCESS.forget(name);
  }

  @Test
  void attachedVolume_keepsItsJournalOutOfTheFolder() throws SQLException {
    FakeReplica other = new FakeReplica(new FakeVolume(1024));
    String name = Registry.PROCESS.bring(other);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("attach 'file:" + name + "?vfs=graft' as other");
      statement.execute("create table t(a)");
      statement.execute("create table other.t(a)");
      connection.setAutoCommit(false);
      statement.execute("insert into t values(1)");
      statement.execute("insert into other.t values(1)");
      connection.rollback();
      statement.execute("insert into t values(2)");
      statement.execute("insert into other.t values(3)");
      connection.commit();
      assertThat(Sql.rows(statement, "select * from t union all select * from other.t"))
          .containsExactly("2", "3");
    }
    assertThat(other.commits).hasValue(2);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("attach 'plain.db' as plain"))
          .hasMessageContaining("unable to open database: plain.db");
      assertThat(Sql.rows(statement, "pragma graft_last_error").getFirst())
          .contains("nothing tells where 'plain.db' is")
          .contains("file:PATH?vfs=unix");
    }
    assertThat(other.openPins).hasValue(0);
    Registry.PROCESS.forget(name);
  }

  @Test
  void commit_withoutSynchronous_reachesTheVolume() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("pragma synchronous=off");
      statement.execute("create table t(a)");
    }
    assertThat(volume.head().position().lsn()).isEqualTo(new Lsn(1));
  }

  @Test
  void commit_ofAnUpdate_leavesPageOneOutAndTellsWhatWasReadAndIsHot() throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table t(a)");
      Sql.fill(statement, "t", 3000);
      assertThat(replica.lastWriteSet.contains(1)).isTrue();
      long root =
          Long.parseLong(Sql.rows(statement, "select rootpage from sqlite_schema").getFirst());
      assertThat(replica.lastOptions.hotPages().test(root)).isTrue();
      assertThat(replica.lastOptions.hotPages().test(root + 1)).isFalse();
      assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("3000");
      statement.execute("update t set a='x' where rowid=1500");
      assertThat(replica.lastWriteSet.cardinality()).isEqualTo(1);
      assertThat(replica.lastWriteSet.contains(1)).isFalse();
      assertThat(replica.lastReadSet.cardinality()).isGreaterThan(1);
      long read = replica.lastReadSet.cardinality();
      statement.execute("update t set a='y' where rowid=1500");
      assertThat(replica.lastReadSet.cardinality()).isEqualTo(read);
      replica.move(volume.at(new Lsn(2)), null, false);
      volume.cutTo(new Lsn(2));
      statement.execute("update t set a='y' where rowid=1500");
      assertThat(replica.lastReadSet.cardinality()).isLessThan(10);
      assertThat(replica.lastReadSet.difference(replica.lastWriteSet).contains(root)).isTrue();
    }
  }

  @Test
  void commitThatChangesNothing_usesUpItsNumber() throws SQLException {
    try (Connection connection = source.getConnection();
        Connection second = source.getConnection();
        Statement statement = connection.createStatement();
        Statement his = second.createStatement()) {
      statement.execute("create table t(a)");
      statement.execute("pragma user_version=7");
      assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
      statement.execute("pragma user_version=7");
      assertThat(replica.commits).hasValue(2);
      assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
      statement.execute("pragma user_version=7");
      his.execute("insert into t values(1)");
      assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("1");
    }
  }

  @Test
  void fileImportedInWalMode_readsWritesAndKeepsItsMode() throws SQLException, IOException {
    Path file = folder.resolve("wal.db");
    try (Connection plain = Sql.open("jdbc:sqlite:" + file);
        Statement statement = plain.createStatement()) {
      statement.execute("pragma journal_mode=wal");
      statement.execute("create table t(a)");
    }
    byte[] bytes = Files.readAllBytes(file);
    byte[][] pages = new byte[bytes.length / 4096][];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = Arrays.copyOfRange(bytes, 4096 * i, 4096 * i + 4096);
    }
    volume.append(volume.head().position(), pages);
    replica.pull();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table u(a)");
      assertThat(Sql.rows(statement, "select name from sqlite_schema")).containsExactly("t", "u");
    }
    assertThat(SqliteHeader.parse(volume.head().pages()[0]).writeAheadLog()).isTrue();
    assertThat(SqliteHeader.parse(volume.head().pages()[0]).changeCounter())
        .isEqualTo(SqliteHeader.parse(bytes).changeCounter() + 1);
    assertThat(SqliteHeader.parse(volume.head().pages()[0]).schemaCookie())
        .isEqualTo(SqliteHeader.parse(bytes).schemaCookie() + 1);
  }

  @Test
  void plainSqlite_besideIt_worksAsEver() throws SQLException {
    try (Connection graft = source.getConnection();
        Connection plain = Sql.open("jdbc:sqlite::memory:");
        Statement statement = plain.createStatement()) {
      assertThat(graft.isValid(1)).isTrue();
      assertThat(plain).isNotInstanceOf(GraftConnection.class);
      statement.execute("create table t(a)");
      assertThatThrownBy(() -> statement.execute("select * from graft_status"))
          .hasMessageContaining("no such table");
    }
  }
}
