package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.Counts;
import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.client.prefetch.PrefetchStatus;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a cold replica asks for when rows are found by an index, with and without run-ahead. */
@Timeout(60)
final class IndexRunAheadTest {
  private static final int ROWS = 40_000;
  private static final int PRODUCTS = 1_000;
  private static final String SCATTERED =
      "select id, rating, body from reviews where product_id = 500 order by created_at ";

  @TempDir static Path folder;
  private static Path file;
  private static ColdDatabase database;

  @BeforeAll
  static void makeDatabase() throws SQLException, IOException {
    file = make("shop.db", "", 4096, ROWS);
    database = ColdDatabase.of(file, new PageSize(4096));
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static Path make(String name, String pragmas, int pageBytes, int rows)
      throws SQLException {
    Path made = folder.resolve(name);
    try (Connection plain = DriverManager.getConnection("jdbc:sqlite:" + made);
        Statement statement = plain.createStatement()) {
      statement.execute("pragma page_size=" + pageBytes);
      if (!pragmas.isEmpty()) {
        statement.execute(pragmas);
      }
      statement.execute(
          "create table reviews(id integer primary key, product_id integer not null, rating"
              + " integer, created_at integer unique, body text)");
      // The multiplier scatters each product's rows over the whole table.
      statement.execute(
          "insert into reviews with recursive n(i) as (select 1 union all select i + 1 from n"
              + " where i < "
              + rows
              + ") select i, (i * 7919) % "
              + PRODUCTS
              + ", i % 5, (i * 104729) % 1000003, hex(randomblob(100 + i % 120)) from n");
      statement.execute("create index by_product on reviews(product_id, created_at)");
      statement.execute("create table pairs(a integer, b text, primary key(b, a)) without rowid");
      statement.execute(
          "insert into pairs select id, substr(body, 1, 40) from reviews where id % 3 = 0");
      statement.execute("create index pairs_a on pairs(a)");
    }
    return made;
  }

  /** What a question cost a replica that had nothing, its answer compared with plain SQLite's. */
  private static Counts ask(ColdDatabase from, Path plainFile, PrefetchBudget budget, String sql)
      throws SQLException {
    try (ColdDatabase.Cold cold = from.open(limits(budget));
        GraftDataSource source = GraftDataSource.over(cold.replica());
        Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        Connection plain = DriverManager.getConnection("jdbc:sqlite:" + plainFile);
        Statement plainStatement = plain.createStatement()) {
      List<String> rows = Sql.rows(statement, sql);
      assertThat(rows).isEqualTo(Sql.rows(plainStatement, sql)).isNotEmpty();
      lastStatus = cold.replica().status().prefetch();
      return cold.remote().counts();
    }
  }

  private static PrefetchStatus lastStatus = PrefetchStatus.NONE;

  private static ReplicaOptions.Limits limits(PrefetchBudget budget) {
    ReplicaOptions.Limits limits = ReplicaOptions.Limits.DEFAULT;
    return new ReplicaOptions.Limits(
        limits.backgroundReads(),
        limits.stagedBytes(),
        limits.segmentBytes(),
        limits.parallelUploads(),
        budget);
  }

  @Test
  void twentyScatteredRows_newestFirst_takeEightRoundsInsteadOfTwentyThree() throws SQLException {
    String sql = SCATTERED + "desc limit 20";
    Counts without = ask(database, file, PrefetchBudget.NONE, sql);
    Counts with = ask(database, file, PrefetchBudget.DEFAULT, sql);
    assertThat(without.rounds()).isBetween(18L, 23L);
    assertThat(with.rounds()).isLessThanOrEqualTo(8);
    assertThat(lastStatus.usefulFrames()).isGreaterThanOrEqualTo(15);
    assertThat(with.requests()).isLessThanOrEqualTo(without.requests() + 16);
  }

  @Test
  void twentyScatteredRows_oldestFirst_takeAsFew() throws SQLException {
    Counts with = ask(database, file, PrefetchBudget.DEFAULT, SCATTERED + "limit 20");
    assertThat(with.rounds()).isLessThanOrEqualTo(8);
  }

  @Test
  void rangeOfAnIndexWithoutEqualKeys_isFollowedFromItsSecondRow() throws SQLException {
    String sql =
        "select id, body from reviews where created_at between 400000 and 401000 order by"
            + " created_at";
    Counts without = ask(database, file, PrefetchBudget.NONE, sql);
    Counts with = ask(database, file, PrefetchBudget.DEFAULT, sql);
    assertThat(without.rounds()).isGreaterThan(30);
    assertThat(with.rounds()).isLessThanOrEqualTo(without.rounds() / 2);
  }

  @Test
  void oneRowByAnIndex_costsNothingMore() throws SQLException {
    String sql = "select id, body from reviews where created_at = 104729";
    Counts without = ask(database, file, PrefetchBudget.NONE, sql);
    Counts with = ask(database, file, PrefetchBudget.DEFAULT, sql);
    assertThat(with.requests()).isEqualTo(without.requests());
    assertThat(with.rounds()).isEqualTo(without.rounds());
  }

  @Test
  void rowsThatAreNotTakenInOrder_endTheRun() throws SQLException {
    // Every fifth row of the index passes: the others' pages are never read.
    String sql = "select count(body) from reviews where product_id = 500 and created_at % 7 = 3";
    Counts with = ask(database, file, PrefetchBudget.DEFAULT, sql);
    assertThat(lastStatus.untouchedFrames()).isLessThanOrEqualTo(12);
  }

  @Test
  void oddPages_areReadAsEver() throws SQLException, IOException {
    record Shape(int sqlitePages, int volumePages, String pragmas) {}
    for (Shape shape :
        List.of(
            new Shape(1024, 4096, "pragma auto_vacuum=full"),
            new Shape(8192, 4096, ""),
            new Shape(512, 512, "pragma encoding='UTF-16'"),
            new Shape(65536, 65536, "pragma auto_vacuum=incremental"))) {
      Path odd = make("odd-" + shape.sqlitePages + ".db", shape.pragmas, shape.sqlitePages, 12_000);
      try (ColdDatabase cold = ColdDatabase.of(odd, new PageSize(shape.volumePages))) {
        Counts without = ask(cold, odd, PrefetchBudget.NONE, SCATTERED + "desc limit 10");
        Counts with = ask(cold, odd, PrefetchBudget.DEFAULT, SCATTERED + "desc limit 10");
        assertThat(with.rounds()).describedAs("%s", shape).isLessThanOrEqualTo(9);
        assertThat(with.rounds()).isLessThanOrEqualTo(without.rounds());
        ask(
            cold,
            odd,
            PrefetchBudget.DEFAULT,
            "select a, b from pairs where a between 3000 and 3100 order by a");
      }
    }
  }
}
