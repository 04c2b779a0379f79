package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Connections with warm caches, while the replica is moved between snapshots of diverged branches
 * with different schemas: every answer must be that of a connection with nothing cached.
 */
final class CounterTrialTest {
  private static final long SEED = 7_2026;
  private static final int ROUNDS = 8;
  private static final int STEPS = 120;

  /** Pages that commits wrote though they held page 1 back, over all rounds. */
  private int commits;

  private int withoutFirstPage;
  private int moves;

  @Test
  void warmConnections_overDivergedBranches_neverShowWhatIsNotThere() throws SQLException {
    for (int round = 0; round < ROUNDS; round++) {
      trial(SEED + round);
    }
    assertThat(moves).isGreaterThan(ROUNDS * 10);
    assertThat(withoutFirstPage).isBetween(commits / 4, commits);
  }

  private void trial(long seed) throws SQLException {
    Random random = new Random(seed);
    FakeVolume volume = new FakeVolume(4096);
    FakeReplica replica = new FakeReplica(volume);
    List<List<FakeVolume.State>> branches = new ArrayList<>();
    List<Connection> open = new ArrayList<>();
    try (GraftDataSource source = GraftDataSource.over(replica)) {
      for (int i = 0; i < 4; i++) {
        open.add(source.getConnection());
      }
      try (Statement statement = open.getFirst().createStatement()) {
        statement.execute("create table t(a,b)");
        statement.execute("create table u(a,b)");
        statement.execute("create index ti on t(b)");
      }
      for (int step = 0; step < STEPS; step++) {
        Supplier<String> where = whereIs(seed, step);
        change(random, open.get(random.nextInt(4)), volume, replica, branches);
        branches.add(volume.branch());
        List<String> truth;
        try (Connection fresh = source.getConnection();
            Statement statement = fresh.createStatement()) {
          truth = answers(statement);
          assertThat(Sql.rows(statement, "pragma integrity_check")).as(where).containsExactly("ok");
        }
        for (Connection warm : open) {
          if (random.nextInt(10) < 7) {
            try (Statement statement = warm.createStatement()) {
              assertThat(answers(statement)).as(where).isEqualTo(truth);
            }
          }
        }
      }
      for (Connection connection : open) {
        connection.close();
      }
    }
    assertThat(replica.openPins).hasValue(0);
  }

  private static Supplier<String> whereIs(long seed, int step) {
    return () -> "seed " + seed + " step " + step;
  }

  private void change(
      Random random,
      Connection connection,
      FakeVolume volume,
      FakeReplica replica,
      List<List<FakeVolume.State>> branches)
      throws SQLException {
    int kind = random.nextInt(100);
    if (kind >= 82 && !branches.isEmpty()) {
      List<FakeVolume.State> branch = branches.get(random.nextInt(branches.size()));
      volume.revert(branch.getLast(), branch);
      replica.pull();
      moves++;
      return;
    }
    int before = replica.commits.get();
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql(random, Math.min(kind, 81)));
    } catch (SQLException e) {
      assertThat(e.getMessage()).containsPattern("no such table|already exists|already another");
    }
    if (replica.commits.get() > before) {
      commits++;
      withoutFirstPage += replica.lastWriteSet.contains(1) ? 0 : 1;
    }
  }

  private static String sql(Random random, int kind) {
    if (kind < 35) {
      int length = 1 + random.nextInt(random.nextBoolean() ? 10 : 3000);
      return "insert into t values(" + random.nextInt(1000) + ",'" + "x".repeat(length) + "')";
    } else if (kind < 55) {
      return "update t set a=a+1 where rowid%7=" + random.nextInt(7);
    } else if (kind < 62) {
      return "insert into u(a,b) values(" + random.nextInt(9) + ",'yyyyyyyyy')";
    } else if (kind < 67) {
      return "delete from t where rowid%3=" + random.nextInt(3);
    } else if (kind < 70) {
      return "drop table if exists z" + random.nextInt(4);
    } else if (kind < 73) {
      return "create table z" + random.nextInt(4) + "(a,b" + random.nextInt(99) + ")";
    } else if (kind < 75) {
      return "alter table u rename to u" + random.nextInt(3);
    } else if (kind < 78) {
      return random.nextBoolean()
          ? "create table u(a,b)"
          : "create table u(b,a,c" + random.nextInt(9) + ")";
    } else if (kind < 80) {
      return "pragma schema_version=" + random.nextInt(5);
    }
    return "vacuum";
  }

  private static List<String> answers(Statement statement) {
    List<String> answers = new ArrayList<>();
    for (String query :
        List.of(
            "select name,sql from sqlite_schema order by 1",
            "select count(*),sum(a),sum(length(b)),min(b),max(b) from t",
            "select count(*),sum(a),sum(length(b)),min(b),max(b) from u",
            "pragma page_count")) {
      try {
        answers.addAll(Sql.rows(statement, query));
      } catch (SQLException e) {
        answers.add(String.valueOf(e.getMessage()));
      }
    }
    return answers;
  }
}
