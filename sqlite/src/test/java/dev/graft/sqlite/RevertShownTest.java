package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A commit that goes back to an earlier one is seen at once by connections that were idle, with
 * warm caches: on the replica that made it and on another that pulled it.
 */
final class RevertShownTest {
  private static final long SEED = 4242;

  private final Remote remote = new MemoryRemotes().open("memory:revert", Map.of());
  private final VolumeId volume = MemoryRemotes.IDS.newVolumeId();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Replica here;
  private Replica there;
  private Statement writer;
  private Statement idle;
  private Statement remoteIdle;

  @BeforeEach
  void openAll() throws SQLException {
    remote.createVolume(new CreateVolume(volume, new PageSize(1024)));
    here = replica();
    there = replica();
    GraftDataSource source = GraftDataSource.over(here);
    GraftDataSource elsewhere = GraftDataSource.over(there);
    open.add(source);
    open.add(elsewhere);
    writer = statement(source);
    idle = statement(source);
    remoteIdle = statement(elsewhere);
  }

  private Replica replica() {
    Replica replica =
        Replica.open(
            ReplicaOptions.inMemory(remote, volume, MemoryRemotes.CONCURRENCY, MemoryRemotes.IDS));
    open.add(replica);
    return replica;
  }

  private Statement statement(GraftDataSource source) throws SQLException {
    Connection connection = source.getConnection();
    open.add(connection);
    return connection.createStatement();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    remote.close();
  }

  private Lsn at() {
    return here.status().position().lsn();
  }

  private void revert(Lsn to) {
    assertThat(here.revert(to, CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    there.pull();
  }

  private void requireEverywhere(String sql, String... rows) throws SQLException {
    assertThat(Sql.rows(idle, sql)).as("idle here").containsExactly(rows);
    assertThat(Sql.rows(remoteIdle, sql)).as("idle elsewhere").containsExactly(rows);
    assertThat(Sql.rows(writer, sql)).as("writer").containsExactly(rows);
  }

  @Test
  void revert_ofRows_isSeenByIdleConnectionsAtOnce() throws SQLException {
    writer.execute("create table t(id integer primary key, a)");
    writer.execute("insert into t values(1, 'one')");
    Lsn first = at();
    writer.execute("update t set a = 'two'");
    there.pull();
    requireEverywhere("select a from t", "two");
    revert(first);
    requireEverywhere("select a from t", "one");
    // The stored counter is the old one plus one now: it was seen before, with other pages.
    writer.execute("insert into t values(2, 'three')");
    there.pull();
    requireEverywhere("select a from t order by id", "one", "three");
    revert(first);
    requireEverywhere("select a from t", "one");
  }

  @Test
  void revert_ofTheSchema_isSeenByIdleConnectionsAndPreparedStatements() throws SQLException {
    writer.execute("create table t(id integer primary key, a)");
    writer.execute("insert into t values(1, 'one')");
    Lsn first = at();
    writer.execute("alter table t add column b default 'new'");
    writer.execute("create table u(x)");
    writer.execute("create index ta on t(a)");
    there.pull();
    requireEverywhere("select * from t", "1|one|new");
    requireEverywhere("select count(*) from u", "0");
    try (PreparedStatement prepared =
        idle.getConnection().prepareStatement("select * from t where a = 'one'")) {
      assertThat(columns(prepared)).isEqualTo(3);
      revert(first);
      assertThat(columns(prepared)).isEqualTo(2);
    }
    requireEverywhere("select * from t", "1|one");
    for (Statement each : List.of(idle, remoteIdle, writer)) {
      assertThatThrownBy(() -> Sql.rows(each, "select * from u"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("no such table: u");
    }
    requireEverywhere("select name from sqlite_schema", "t");
    // Forward again: the schema cookie grows although the stored one went back.
    writer.execute("create table u(y, z)");
    there.pull();
    requireEverywhere("select count(*) from pragma_table_info('u')", "2");
    revert(new Lsn(0));
    requireEverywhere("select count(*) from sqlite_schema", "0");
  }

  private static int columns(PreparedStatement prepared) throws SQLException {
    try (ResultSet rows = prepared.executeQuery()) {
      assertThat(rows.next()).isTrue();
      return rows.getMetaData().getColumnCount();
    }
  }

  @Test
  void revert_whileAConnectionReads_itKeepsItsSnapshotAndThenSeesIt() throws SQLException {
    writer.execute("create table t(a)");
    writer.execute("insert into t values(1)");
    Lsn first = at();
    writer.execute("insert into t values(2)");
    idle.execute("begin");
    assertThat(Sql.rows(idle, "select a from t")).containsExactly("1", "2");
    revert(first);
    assertThat(Sql.rows(idle, "select a from t")).containsExactly("1", "2");
    assertThatThrownBy(() -> idle.execute("insert into t values(3)"))
        .isInstanceOf(SQLException.class);
    idle.execute("rollback");
    assertThat(Sql.rows(idle, "select a from t")).containsExactly("1");
  }

  @Test
  void revert_randomHistory_everyConnectionShowsWhatWasThen() throws SQLException {
    Random random = new Random(SEED);
    RandomSql sql = new RandomSql(random);
    List<List<String>> dumps = new ArrayList<>(List.of(List.of()));
    int reverts = 0;
    for (int step = 0; step < 60; step++) {
      String what = "seed %d step %d".formatted(SEED, step);
      if (dumps.size() > 3 && random.nextInt(3) == 0) {
        int to = 1 + random.nextInt(dumps.size() - 2);
        revert(new Lsn(to));
        dumps.add(dumps.get(to));
        reverts++;
      } else {
        write(sql, random);
        there.pull();
        while (dumps.size() <= at().value()) {
          dumps.add(Sql.dump(writer));
        }
      }
      List<String> wanted = dumps.get((int) at().value());
      assertThat(Sql.dump(idle)).as(what + " idle").isEqualTo(wanted);
      assertThat(Sql.dump(remoteIdle)).as(what + " elsewhere").isEqualTo(wanted);
      assertThat(Sql.dump(writer)).as(what + " writer").isEqualTo(wanted);
      assertThat(Sql.rows(remoteIdle, "pragma integrity_check")).as(what).containsExactly("ok");
    }
    assertThat(reverts).isGreaterThan(10);
  }

  /** One transaction; what SQLite refuses in it is left out. */
  private void write(RandomSql sql, Random random) throws SQLException {
    writer.execute("begin");
    for (int i = 0; i < 1 + random.nextInt(5); i++) {
      try {
        writer.execute(sql.next());
      } catch (SQLException e) {
        continue;
      }
    }
    writer.execute("commit");
  }
}
