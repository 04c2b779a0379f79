package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.protocol.id.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Push, pull and what belongs to them, said in SQL. */
final class SyncVerbsTest {
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
    theirs.execute("create table t(id integer primary key, a)");
    theirs.execute("create table u(id integer primary key, a)");
    theirs.execute("insert into u values(1, 0)");
    replica.pull();
    connection = source.getConnection();
    statement = connection.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
    connection.close();
    elsewhere.close();
    source.close();
    otherSource.close();
    assertThat(replica.openPins).hasValue(0);
  }

  private String pragma(String text) throws SQLException {
    return Sql.rows(statement, "pragma " + text).getFirst();
  }

  @Test
  void push_bringsWhatWaitsAndThenNothing() throws SQLException {
    statement.execute("pragma graft_message('the first')");
    statement.execute("insert into t(a) values(1)");
    statement.execute("insert into t(a) values(2)");
    assertThat(Sql.rows(statement, "select n, message, mutation, bytes from graft_pending"))
        .containsExactly("1|the first|sqlite|100", "2||sqlite|100");
    assertThat(Sql.rows(statement, "select n from graft_pending order by n desc limit 1"))
        .containsExactly("2");
    assertThat(Sql.rows(statement, "select pending, pending_bytes, lsn from graft_status"))
        .containsExactly("2|200|3");
    assertThat(pragma("graft_push")).isEqualTo("{\"lsn\":4,\"transactions\":2,\"commits\":1}");
    assertThat(pragma("graft_push")).isEqualTo("{\"transactions\":0}");
    assertThat(Sql.rows(statement, "select count(*) from graft_pending")).containsExactly("0");
  }

  @Test
  void push_afterOthers_namesTheWaysOutAndEachWorks() throws SQLException {
    statement.execute("insert into t(a) values(1)");
    theirs.execute("update u set a = 7");
    assertThat(pragma("graft_pull")).contains("\"from\":3,\"upto\":4").contains("\"pending\":1");
    assertThatThrownBy(() -> pragma("graft_push"))
        .hasMessageContaining("1 local transactions stand on commit 3, the store is at 4")
        .hasMessageContaining("graft_push=merge, replay or fork, or graft_discard");
    assertThatThrownBy(() -> pragma("graft_push=later"))
        .hasMessageContaining("a policy is reject, merge, replay or fork, not 'later'");
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("1");
    assertThat(pragma("graft_push=merge")).contains("\"lsn\":5");
    assertThat(Sql.rows(statement, "select a from u union all select a from t"))
        .containsExactly("7", "1");
    statement.execute("insert into t(a) select a + 1 from u");
    theirs.execute("pragma graft_pull");
    theirs.execute("update u set a = 8");
    assertThatThrownBy(() -> pragma("graft_push=merge")).hasMessageContaining("nothing is lost");
    assertThat(pragma("graft_rebase=replay")).contains("\"commits\":0");
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("1", "9");
    assertThat(pragma("graft_push")).contains("\"lsn\":7");
  }

  @Test
  void discard_givesUpWhatWaits() throws SQLException {
    statement.execute("insert into t(a) values(1)");
    assertThat(pragma("graft_discard")).isEqualTo("{\"discarded\":1}");
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
    assertThat(pragma("graft_discard")).isEqualTo("{\"discarded\":0}");
  }

  @Test
  void verbs_inAWriteTransactionOrOnThePast_areRefused() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("insert into t(a) values(1)");
    for (String verb : new String[] {"push", "rebase", "discard", "reset", "fork", "revert(1)"}) {
      assertThatThrownBy(() -> pragma("graft_" + verb))
          .as(verb)
          .hasMessageContaining("within a write transaction: end it first");
    }
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(Sql.rows(statement, "select a from t")).containsExactly("1");
    try (Connection past = source.getConnection(new Lsn(2));
        Statement then = past.createStatement()) {
      assertThatThrownBy(() -> then.execute("pragma graft_push"))
          .hasMessageContaining("graft_push cannot move a snapshot of the past");
    }
    assertThatThrownBy(() -> pragma("graft_revert")).hasMessageContaining("graft_revert(7)");
    assertThatThrownBy(() -> pragma("graft_revert('')")).hasMessageContaining("graft_revert(7)");
    assertThatThrownBy(() -> pragma("graft_revert(99999999999999999999)"))
        .hasMessageContaining("graft_revert(7)");
  }

  @Test
  void forkAndRevert_inOneStatement_areDoneOnce() throws SQLException {
    String first = pragma("graft_fork");
    assertThat(first).contains("\"fork\":\"vol-");
    assertThat(pragma("graft_fork")).isEqualTo(first);
    assertThat(replica.forks).hasValue(1);
    theirs.execute("insert into t(a) values(1)");
    replica.pull();
    assertThat(pragma("graft_fork")).isNotEqualTo(first);
    assertThat(pragma("graft_revert(3)")).isEqualTo("{\"lsn\":5}");
    assertThat(pragma("graft_revert(3)")).isEqualTo("{\"lsn\":5}");
    assertThat(replica.reverts).hasValue(1);
    assertThat(Sql.rows(statement, "select count(*) from t")).containsExactly("0");
  }

  @Test
  void changes_givesRunsOfPages() throws SQLException {
    theirs.execute("insert into t(a) values(1)");
    replica.pull();
    assertThat(Sql.rows(statement, "select sum(pages) > 0 from graft_changes(3, 4)"))
        .containsExactly("1");
    assertThat(Sql.rows(statement, "select * from graft_changes(4, 4)")).isEmpty();
    assertThatThrownBy(() -> Sql.rows(statement, "select * from graft_changes"))
        .hasMessageContaining("graft_changes wants two commit numbers");
  }

  @Test
  void tables_ofAnAttachedVolume_areAskedByItsName() throws SQLException {
    FakeReplica beside = new FakeReplica(new FakeVolume(4096));
    String name = Registry.PROCESS.bring(beside);
    statement.execute("attach 'file:" + name + "?vfs=graft' as beside");
    statement.execute("create table beside.x(a)");
    assertThat(Sql.rows(statement, "select lsn from graft_status('beside')")).containsExactly("1");
    assertThat(Sql.rows(statement, "select lsn from graft_status")).containsExactly("3");
    assertThat(Sql.rows(statement, "select lsn from graft_log('beside') limit 5"))
        .containsExactly("1");
    assertThat(Sql.rows(statement, "select schema, lsn from graft_log where schema = 'beside'"))
        .containsExactly("beside|1");
    assertThatThrownBy(() -> Sql.rows(statement, "select * from graft_status('temp')"))
        .hasMessageContaining("the database 'temp' of this connection is no volume");
    Registry.PROCESS.forget(name);
  }
}
