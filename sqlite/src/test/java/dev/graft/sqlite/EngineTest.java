package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The whole way: SQLite, replica, engine, store. */
final class EngineTest {
  private static final long SEED = 99;
  private static final int TRANSACTIONS = 40;

  @TempDir Path folder;

  @Test
  void url_withRemoteAndVolume_worksWithoutOtherCode() throws SQLException {
    VolumeId volume = newVolume("memory:url", 4096);
    String remote = MemoryRemotes.address("memory:url");
    String url = "jdbc:sqlite:file:any?vfs=graft&remote=" + remote + "&volume=" + volume;
    try (Connection connection = Sql.open(url);
        Connection second = Sql.open(url);
        Statement statement = connection.createStatement();
        Statement his = second.createStatement()) {
      statement.execute("create table t(a)");
      statement.execute("insert into t values(1)");
      assertThat(Sql.rows(his, "select a from t")).containsExactly("1");
      assertThat(Sql.rows(his, "select lsn, state from graft_status"))
          .containsExactly("2|up to date");
      assertThat(Sql.rows(his, "select lsn, snapshot from graft_log"))
          .containsExactly("2|1", "1|0");
    }
    try (Connection past = Sql.open(url + "&at=1");
        Statement statement = past.createStatement()) {
      assertThat(Sql.rows(statement, "select a from t")).isEmpty();
    }
  }

  @Test
  void name_inTheConfiguration_findsRemoteVolumeAndFolder() throws IOException {
    Files.writeString(
        folder.resolve("graft.json"),
        "{\"volumes\": {\"shop\": {\"remote\": \"folder:store\", \"volume\":"
            + " \"vol-00000000000000000000000001\", \"dir\": \"here\", \"note\": [1, null]}}}");
    VolumeAddress found =
        VolumeAddress.find("shop", Map.of("token_env", "T"), List.of(Path.of("none"), folder));
    assertThat(found.remote()).isEqualTo("folder:" + folder.resolve("store"));
    assertThat(found.volume()).isEqualTo(new VolumeId(0, 1));
    assertThat(found.folder()).contains(folder.resolve("here"));
    assertThat(found.parameters()).containsExactly(Map.entry("token_env", "T"));
    assertThat(VolumeAddress.find("shop", Map.of("remote", "x:y"), List.of(folder)).remote())
        .isEqualTo("x:y");
    Files.writeString(folder.resolve("graft.json"), "{\"volumes\":\n{\"shop\" {}}}");
    assertThatThrownBy(() -> VolumeAddress.find("shop", Map.of(), List.of(folder)))
        .hasMessageContaining("graft.json: not JSON: line 2 wants ':'");
  }

  @Test
  void replicaOnAFolder_isThereAgainAfterTheLastConnection() throws SQLException {
    VolumeId volume = newVolume("memory:folder", 4096);
    VolumeAddress address =
        new VolumeAddress(
            MemoryRemotes.address("memory:folder"),
            volume,
            java.util.Optional.of(folder.resolve("r")),
            Map.of());
    try (GraftDataSource source = GraftDataSource.at(address)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = source.getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("create table t" + i + "(a)");
          assertThat(Sql.rows(statement, "select count(*) from sqlite_schema"))
              .containsExactly("" + (i + 1));
        }
      }
    }
  }

  @Test
  void randomTransactions_onTwoReplicas_giveWhatPlainSqliteGives() throws SQLException {
    try (Remote remote = new MemoryRemotes().open("memory:trial", Map.of())) {
      VolumeId volume = newVolume("memory:trial", 1024);
      try (Replica one = replica(remote, volume);
          Replica two = replica(remote, volume);
          GraftDataSource sourceOne = GraftDataSource.over(one);
          GraftDataSource sourceTwo = GraftDataSource.over(two);
          Connection a = sourceOne.getConnection();
          Connection b = sourceTwo.getConnection();
          Connection plain = Sql.open("jdbc:sqlite::memory:");
          Statement mine = a.createStatement();
          Statement his = b.createStatement();
          Statement truth = plain.createStatement()) {
        mine.execute("pragma cache_size=10");
        Random random = new Random(SEED);
        RandomSql sql = new RandomSql(random);
        for (int i = 0; i < TRANSACTIONS; i++) {
          Statement writer = random.nextInt(4) == 0 ? his : mine;
          transaction(random, sql, writer, truth);
          assertThat(Sql.dump(writer)).as("seed %d step %d", SEED, i).isEqualTo(Sql.dump(truth));
          (writer == mine ? two : one).pull();
          assertThat(Sql.dump(writer == mine ? his : mine))
              .as("seed %d step %d, after a pull", SEED, i)
              .isEqualTo(Sql.dump(truth));
          assertThat(Sql.rows(his, "pragma integrity_check")).containsExactly("ok");
        }
      }
    }
  }

  private static void transaction(Random random, RandomSql sql, Statement writer, Statement truth) {
    int statements = 1 + random.nextInt(8);
    both(writer, truth, "begin");
    for (int i = 0; i < statements; i++) {
      both(writer, truth, sql.next());
    }
    both(writer, truth, random.nextInt(5) == 0 ? "rollback" : "commit");
  }

  private static void both(Statement writer, Statement truth, String text) {
    assertThat(outcome(writer, text)).as("seed %d: %s", SEED, text).isEqualTo(outcome(truth, text));
  }

  private static String outcome(Statement statement, String text) {
    try {
      statement.execute(text);
      return "done";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void conflictOfTwoReplicas_isBusyAndWorksWhenDoneAgain() throws SQLException {
    try (Remote remote = new MemoryRemotes().open("memory:conflict", Map.of())) {
      VolumeId volume = newVolume("memory:conflict", 4096);
      try (Replica one = replica(remote, volume);
          Replica two = replica(remote, volume);
          GraftDataSource sourceOne = GraftDataSource.over(one);
          GraftDataSource sourceTwo = GraftDataSource.over(two);
          Connection a = sourceOne.getConnection();
          Connection b = sourceTwo.getConnection();
          Statement mine = a.createStatement();
          Statement his = b.createStatement()) {
        mine.execute("create table t(a)");
        two.pull();
        a.setAutoCommit(false);
        mine.execute("insert into t values(1)");
        his.execute("insert into t values(2)");
        assertThatThrownBy(a::commit)
            .isInstanceOfSatisfying(
                SQLiteException.class,
                e -> assertThat(e.getResultCode()).isEqualTo(SQLiteErrorCode.SQLITE_BUSY));
        a.rollback();
        mine.execute("insert into t select max(a) + 1 from t");
        a.commit();
        assertThat(Sql.rows(mine, "select a from t")).containsExactly("2", "3");
        assertThat(Sql.rows(his, "pragma graft_pull").getFirst()).contains("\"upto\":3");
        assertThat(Sql.rows(his, "select a from t")).containsExactly("2", "3");
      }
    }
  }

  private static Replica replica(Remote remote, VolumeId volume) {
    return Replica.open(
        ReplicaOptions.inMemory(remote, volume, MemoryRemotes.CONCURRENCY, MemoryRemotes.IDS));
  }

  private static VolumeId newVolume(String uri, int pageBytes) {
    VolumeId volume = MemoryRemotes.IDS.newVolumeId();
    try (Remote remote = new MemoryRemotes().open(uri, Map.of())) {
      remote.createVolume(new CreateVolume(volume, new PageSize(pageBytes)));
    }
    return volume;
  }
}
