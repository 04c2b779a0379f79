package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random schemas and statements on a volume and on plain SQLite: the same answers after every
 * transaction, and on a second replica that pulls in between and writes, too.
 */
final class DifferentialTest {
  private static final int TRANSACTIONS = 60;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1, 512, 4096",
    "2, 4096, 4096",
    "3, 65536, 4096",
    "4, 1024, 512",
    "5, 4096, 65536",
    "6, 512, 512",
    "7, 65536, 65536",
    "8, 2048, 1024"
  })
  void randomTransactions_giveWhatPlainSqliteGives(long seed, int sqlitePage, int volumePage)
      throws SQLException {
    FakeVolume volume = new FakeVolume(volumePage);
    FakeReplica one = new FakeReplica(volume);
    FakeReplica two = new FakeReplica(volume);
    try (GraftDataSource source = GraftDataSource.over(one);
        GraftDataSource secondSource = GraftDataSource.over(two);
        Connection graft = source.getConnection();
        Connection second = secondSource.getConnection();
        Connection plain = Sql.open("jdbc:sqlite:" + folder.resolve("plain.db"))) {
      new Trial(seed, graft, second, plain, one, two).run(sqlitePage);
    }
    assertThat(one.openPins).hasValue(0);
    assertThat(two.openPins).hasValue(0);
  }

  private static final class Trial {
    private final long seed;
    private final Random random;
    private final Connection graft;
    private final Connection second;
    private final Connection plain;
    private final FakeReplica one;
    private final FakeReplica two;
    private final RandomSql sql;

    Trial(
        long seed,
        Connection graft,
        Connection second,
        Connection plain,
        FakeReplica one,
        FakeReplica two) {
      this.seed = seed;
      this.random = new Random(seed);
      this.graft = graft;
      this.second = second;
      this.plain = plain;
      this.one = one;
      this.two = two;
      this.sql = new RandomSql(random);
    }

    void run(int sqlitePage) throws SQLException {
      for (Connection connection : new Connection[] {graft, plain}) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("pragma synchronous=off");
          statement.execute("pragma page_size=" + sqlitePage);
          statement.execute("pragma auto_vacuum=" + seed % 3);
          statement.execute("pragma cache_size=" + (seed % 2 == 0 ? 10 : 200));
        }
      }
      two.pull();
      try (Statement statement = second.createStatement()) {
        statement.execute("pragma page_size=" + sqlitePage);
      }
      for (int i = 0; i < TRANSACTIONS; i++) {
        boolean secondWrites = i > 0 && random.nextInt(5) == 0;
        if (secondWrites) {
          two.pull();
        }
        transaction(secondWrites ? second : graft);
        if (secondWrites) {
          one.pull();
        } else if (random.nextInt(3) == 0) {
          two.pull();
        }
        check(i);
      }
    }

    private void transaction(Connection connection) throws SQLException {
      if (random.nextInt(12) == 0) {
        vacuum(connection);
        return;
      }
      boolean explicit = random.nextInt(4) != 0;
      int statements = explicit ? 1 + random.nextInt(12) : 1;
      if (explicit) {
        both(connection, random.nextBoolean() ? "begin" : "begin immediate");
      }
      int savepoints = 0;
      for (int i = 0; i < statements; i++) {
        switch (explicit ? random.nextInt(12) : 9) {
          case 0 -> both(connection, "savepoint s" + savepoints++);
          case 1 -> {
            if (savepoints > 0) {
              both(connection, "rollback to s" + random.nextInt(savepoints));
            }
          }
          case 2 -> {
            if (savepoints > 0) {
              both(connection, "release s" + --savepoints);
            }
          }
          default -> both(connection, sql.next());
        }
      }
      if (explicit) {
        both(connection, random.nextInt(4) == 0 ? "rollback" : "commit");
      }
    }

    /** A connection remembers the page size that it was once told, so each VACUUM tells it anew. */
    private void vacuum(Connection connection) throws SQLException {
      String pageSize;
      try (Statement truth = plain.createStatement()) {
        pageSize = Sql.rows(truth, "pragma page_size").getFirst();
      }
      if (random.nextInt(3) == 0) {
        pageSize = "" + (512 << random.nextInt(8));
      }
      both(connection, "pragma page_size=" + pageSize, "vacuum");
    }

    /** Runs statements on both sides: they succeed on both, or fail on both with one message. */
    private void both(Connection connection, String... statements) throws SQLException {
      for (String text : statements) {
        String here = outcome(connection, text);
        String there = outcome(plain, text);
        assertThat(here).as("seed %d: %s", seed, text).isEqualTo(there);
      }
    }

    private static String outcome(Connection connection, String text) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(text);
        return "done";
      } catch (SQLException e) {
        return String.valueOf(e.getMessage());
      }
    }

    private void check(int transaction) throws SQLException {
      try (Statement mine = graft.createStatement();
          Statement his = second.createStatement();
          Statement truth = plain.createStatement()) {
        assertThat(Sql.dump(mine))
            .as("seed %d after transaction %d", seed, transaction)
            .isEqualTo(Sql.dump(truth));
        for (String setting : List.of("page_size", "auto_vacuum", "user_version", "encoding")) {
          assertThat(Sql.rows(mine, "pragma " + setting))
              .as("seed %d after transaction %d: %s", seed, transaction, setting)
              .isEqualTo(Sql.rows(truth, "pragma " + setting));
        }
        assertThat(Sql.rows(mine, "pragma integrity_check"))
            .as("seed %d after transaction %d", seed, transaction)
            .containsExactly("ok");
        if (two.status().position().equals(one.status().position())) {
          assertThat(Sql.dump(his))
              .as("seed %d after transaction %d, second replica", seed, transaction)
              .isEqualTo(Sql.dump(truth));
        }
      }
    }
  }
}
