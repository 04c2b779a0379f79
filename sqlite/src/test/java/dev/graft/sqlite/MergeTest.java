package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions.Durability;
import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Commits of several replicas that are merged, through connections with warm caches. */
final class MergeTest {
  private static final int ROWS = 40;
  private static final int WRITERS = 24;
  private static final int COMMITS_EACH = 4;

  @TempDir Path folder;

  private Remote remote;
  private VolumeId volume;
  private final List<AutoCloseable> open = new ArrayList<>();
  private Replica one;
  private Replica two;
  private Statement a;
  private Statement b;

  @BeforeEach
  void makeRows() throws SQLException {
    String uri = "memory:merge-" + folder;
    remote = new MemoryRemotes().open(uri, Map.of());
    volume = MemoryRemotes.IDS.newVolumeId();
    remote.createVolume(new CreateVolume(volume, new PageSize(4096)));
    one = replica();
    two = replica();
    a = statement(GraftDataSource.over(one).onConflict(new Policy.Merge()));
    b = statement(GraftDataSource.over(two).onConflict(new Policy.Merge()));
    // A row a page: rows of 3,000 bytes.
    a.execute("create table t(id integer primary key, n, pad)");
    a.execute(
        "with recursive i(x) as (select 1 union all select x + 1 from i where x < "
            + ROWS
            + ") insert into t select x, 1, zeroblob(3000) from i");
    two.pull();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    remote.close();
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

  private static void warm(Statement statement) throws SQLException {
    assertThat(Sql.rows(statement, "select count(*), sum(length(pad)) from t"))
        .containsExactly(ROWS + "|" + 3000 * ROWS);
  }

  private static void refused(Statement statement, String sql) {
    assertThatThrownBy(() -> statement.execute(sql))
        .isInstanceOfSatisfying(
            SQLiteException.class,
            e -> assertThat(e.getResultCode()).isEqualTo(SQLiteErrorCode.SQLITE_BUSY));
  }

  /** Never both zero: each zeroes its row only while the other's is not. */
  private static String zero(int mine, int other) {
    return "update t set n = 0 where id = "
        + mine
        + " and (select n from t where id = "
        + other
        + ") = 1";
  }

  @Test
  void writeSkew_throughWarmCaches_isRefused() throws SQLException {
    Statement a2 = statement(GraftDataSource.over(one).onConflict(new Policy.Merge()));
    Statement b2 = statement(GraftDataSource.over(two).onConflict(new Policy.Merge()));
    for (Statement each : List.of(a, a2, b, b2)) {
      warm(each);
    }
    a.execute(zero(1, ROWS));
    refused(b, zero(ROWS, 1));
    b.execute(zero(ROWS, 1));
    assertThat(Sql.rows(b2, "select sum(n) from t where id in (1, " + ROWS + ")"))
        .containsExactly("1");
    two.pull();
    one.pull();
    assertThat(Sql.rows(a2, "select sum(n) from t where id in (1, " + ROWS + ")"))
        .containsExactly("1");
  }

  @Test
  void writeSkew_ofLocalTransactions_isRefusedAtThePush() throws SQLException {
    Statement offline = statement(GraftDataSource.over(two).with(Durability.LOCAL));
    warm(offline);
    offline.execute(zero(ROWS, 1));
    offline.execute("update t set n = 7 where id = 20");
    a.execute(zero(1, ROWS));
    assertThat(two.push(new Policy.Merge())).isInstanceOf(PushResult.Conflict.class);
    assertThat(two.push(new Policy.Replay(new SqliteReplayer())))
        .isInstanceOf(PushResult.Pushed.class);
    assertThat(Sql.rows(offline, "select id, n from t where n <> 1"))
        .containsExactly("1|0", "20|7");
  }

  /** The second transaction reads from its cache a page that the first one made. */
  @Test
  void pageThatTheConnectionWroteItself_belongsToItsReadSet() throws SQLException {
    a.execute("create table made(id integer primary key, n)");
    a.execute("insert into made values(1, 1)");
    two.pull();
    b.execute("update made set n = 0 where id = 1");
    refused(a, "update t set n = 0 where id = 5 and (select n from made where id = 1) = 1");
    a.execute("update t set n = 0 where id = 5 and (select n from made where id = 1) = 1");
    assertThat(Sql.rows(a, "select n from t where id = 5")).containsExactly("1");
  }

  /** What a connection has in its cache counts as read: it may have decided by it. */
  @Test
  void connectionThatHasReadAll_isRefusedWhateverItWrites() throws SQLException {
    warm(b);
    a.execute("update t set n = 5 where id = 1");
    refused(b, "update t set n = 6 where id = " + ROWS);
    b.execute("update t set n = 6 where id = " + ROWS);
  }

  @Test
  void mergedCommit_isSeenAtOnceByWarmConnections() throws SQLException {
    Statement idle = statement(GraftDataSource.over(two).onConflict(new Policy.Merge()));
    warm(idle);
    assertThat(Sql.rows(b, "select n from t where id = " + ROWS)).containsExactly("1");
    a.execute("update t set n = 5 where id = 1");
    b.execute("update t set n = 6 where id = " + ROWS);
    assertThat(Sql.rows(b, "select id, n from t where n > 1")).containsExactly("1|5", ROWS + "|6");
    assertThat(Sql.rows(idle, "select id, n from t where n > 1"))
        .containsExactly("1|5", ROWS + "|6");
    assertThat(Sql.rows(b, "pragma integrity_check")).containsExactly("ok");
  }

  @Test
  void revert_isSeenAtOnceByWarmConnections() throws SQLException {
    Statement idle = statement(GraftDataSource.over(one));
    a.execute("update t set n = 5 where id = 1");
    a.execute("create table later(x)");
    warm(idle);
    assertThat(Sql.rows(idle, "select n from t where id = 1")).containsExactly("5");
    assertThat(Sql.rows(a, "pragma graft_revert(2)")).containsExactly("{\"lsn\":5}");
    assertThat(Sql.rows(idle, "select n from t where id = 1")).containsExactly("1");
    assertThatThrownBy(() -> Sql.rows(idle, "select * from later"))
        .hasMessageContaining("no such table: later");
    assertThat(Sql.rows(idle, "pragma integrity_check")).containsExactly("ok");
    idle.execute("update t set n = 7 where id = 1");
    two.pull();
    assertThat(Sql.rows(b, "select n from t where id = 1")).containsExactly("7");
  }

  @Test
  void openReader_afterAMergedCommit_seesOneStateAndThenTheMerged() throws SQLException {
    b.execute("pragma cache_size = 2");
    try (Statement reader = b.getConnection().createStatement();
        ResultSet rows = reader.executeQuery("select id, n, pad from t order by id")) {
      assertThat(rows.next()).isTrue();
      a.execute("update t set n = 5 where id in (30, 31)");
      b.execute("update t set n = 6 where id = " + ROWS);
      List<String> seen = new ArrayList<>();
      while (rows.next()) {
        if (rows.getInt(2) != 1) {
          seen.add(rows.getInt(1) + "|" + rows.getInt(2));
        }
      }
      assertThat(seen).as("what it read before, and what it wrote").containsExactly(ROWS + "|6");
    }
    assertThat(Sql.rows(b, "select id, n from t where n > 1"))
        .containsExactly("30|5", "31|5", ROWS + "|6");
  }

  @Test
  void disjointWriters_withoutAPageAllocated_areNeverRefused() throws Exception {
    int busy = race("update t set n = n + 1 where id = ");
    assertThat(busy).isZero();
    one.pull();
    assertThat(Sql.rows(a, "select sum(n) from t"))
        .containsExactly("" + (ROWS + WRITERS * COMMITS_EACH));
    assertThat(Sql.rows(a, "pragma integrity_check")).containsExactly("ok");
  }

  @Test
  void growingWriters_areRefusedAndComeThrough() throws Exception {
    a.execute("create table log(id, pad)");
    int busy = race("insert into log values(" + "1, zeroblob(3000)) -- ");
    // All of them want the same next page and the header: merging cannot help here.
    assertThat(busy).isPositive();
    System.out.println(WRITERS + " writers that grow the file: " + busy + " commits refused");
    one.pull();
    assertThat(Sql.rows(a, "select count(*) from log"))
        .containsExactly("" + WRITERS * COMMITS_EACH);
    assertThat(Sql.rows(a, "pragma integrity_check")).containsExactly("ok");
  }

  /** Each writer, a replica of its own, commits to its own row; gives how often one was refused. */
  private int race(String sql) throws Exception {
    List<Statement> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Statement each = statement(GraftDataSource.over(replica()).onConflict(new Policy.Merge()));
      assertThat(Sql.rows(each, "select n from t where id = " + (i + 1))).containsExactly("1");
      writers.add(each);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Statement mine = writers.get(i);
        String text = sql + (i + 1);
        all.add(threads.submit(() -> commit(mine, text)));
      }
      int busy = 0;
      for (Future<Integer> each : all) {
        busy += each.get();
      }
      return busy;
    } catch (ExecutionException e) {
      throw new AssertionError("a writer failed", e);
    }
  }

  private static int commit(Statement statement, String sql) throws SQLException {
    int busy = 0;
    for (int done = 0; done < COMMITS_EACH; ) {
      try {
        statement.execute(sql);
        done++;
      } catch (SQLiteException e) {
        assertThat(e.getResultCode()).isEqualTo(SQLiteErrorCode.SQLITE_BUSY);
        busy++;
      }
    }
    return busy;
  }

  @Test
  void mutations_surviveARestart() throws SQLException {
    ReplicaOptions options =
        ReplicaOptions.inMemory(remote, volume, MemoryRemotes.CONCURRENCY, MemoryRemotes.IDS)
            .on(folder.resolve("replica"));
    try (Replica replica = Replica.open(options);
        Connection connection =
            GraftDataSource.over(replica).with(Durability.LOCAL).getConnection();
        Statement offline = connection.createStatement()) {
      offline.execute("update t set n = n + 10 where id = 3");
      offline.execute("insert into t values(1000, (select n from t where id = 3), null)");
    }
    a.execute("update t set n = 5 where id = 3");
    try (Replica replica = Replica.open(options)) {
      assertThat(replica.pending()).hasSize(2);
      assertThat(replica.push(new Policy.Merge())).isInstanceOf(PushResult.Conflict.class);
      assertThat(replica.push(new Policy.Replay(new SqliteReplayer())))
          .isInstanceOf(PushResult.Pushed.class);
    }
    one.pull();
    assertThat(Sql.rows(a, "select id, n from t where n > 1")).containsExactly("3|15", "1000|15");
  }
}
