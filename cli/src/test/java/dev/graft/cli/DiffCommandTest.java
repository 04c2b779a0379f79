package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Changes;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.Lsn;
import dev.graft.sqlite.DatabaseDiff;
import dev.graft.sqlite.GraftDataSource;
import dev.graft.sqlite.RowChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code graft diff} tells, held against what SQL says. */
@Timeout(120)
class DiffCommandTest {
  @TempDir Path folder;

  private Run ok(String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  private Run fails(int exitCode, String... args) {
    Run run = Run.in(folder, args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1).doesNotContain("\tat ");
    return run;
  }

  private void makeShop() {
    ok("init", "shop");
    ok(
        "sql",
        "shop",
        "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);"
            + "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, note TEXT);"
            + "CREATE INDEX by_customer ON orders(customer);"
            + "CREATE TABLE codes(code TEXT PRIMARY KEY, x) WITHOUT ROWID;"
            + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            + " INSERT INTO orders SELECT i, i % 50, 'order ' || i FROM n;"
            + "INSERT INTO customers VALUES(1, 'Ann'), (2, 'Bob');"
            + "INSERT INTO codes VALUES('a', 1)");
  }

  private long lsn() {
    String status = ok("status", "shop", "--json").out();
    return Long.parseLong(status.replaceAll("(?s).*\"lsn\":(\\d+).*", "$1"));
  }

  @Test
  void update_ofOneRow_isOnePageOfItsTable() {
    makeShop();
    long before = lsn();
    ok("sql", "shop", "UPDATE orders SET note = 'paid' WHERE id = 777");
    Run diff = ok("diff", "shop", before + ".." + (before + 1));
    assertThat(diff.out())
        .contains(": 1 page changed, 4,096 bytes;")
        .contains("table orders  1 page");
    assertThat(ok("diff", "shop", "" + before, "--rows").out())
        .contains("rows: 0 added, 0 removed, 1 changed")
        .contains("~ 777");
    assertThat(ok("diff", "shop", "" + before, "" + (before + 1), "--pages").out())
        .containsPattern("pages \\d+\\R")
        .doesNotContain("table");
  }

  @Test
  void parts_areNamed_alsoNewAndDroppedOnes() {
    makeShop();
    long before = lsn();
    ok(
        "sql",
        "shop",
        "BEGIN; INSERT INTO orders VALUES(5000, 7, 'new'); DELETE FROM customers WHERE id = 2;"
            + " INSERT INTO codes VALUES('b', 2); CREATE TABLE fresh(a); DROP INDEX by_customer;"
            + " COMMIT");
    assertThat(ok("diff", "shop", "" + before, "--rows").out())
        .contains("schema")
        .containsPattern(
            "table customers +1 page; rows: 0 added, 1 removed, 0 changed\\R    - 2\\R")
        .containsPattern("table codes +1 page\\R")
        .containsPattern("table fresh +1 page, new")
        .containsPattern("index by_customer of orders +\\d+ pages?, dropped")
        .contains("    + 5000");
    assertThat(ok("diff", "shop", "" + before, "--rows", "--json").out())
        .contains("\"kind\":\"table\",\"name\":\"customers\",\"fate\":\"changed\",\"pages\":1")
        .contains("\"rowsRemoved\":[2]");
  }

  @Test
  void deleteOfAll_tellsRows_thoughTheirPagesAreFreedAndNotWritten() {
    makeShop();
    long before = lsn();
    ok("sql", "shop", "DELETE FROM orders");
    assertThat(ok("diff", "shop", "" + before, "--rows").out())
        .contains("rows: 0 added, 2,000 removed, 0 changed")
        .contains("and 1,980 more");
  }

  @Test
  void firstCommits_areADifferenceFromNothing() {
    makeShop();
    assertThat(ok("diff", "shop", "0..1").out()).contains("and had 0").contains("customers");
  }

  @Test
  void files_areNamed() throws IOException {
    Files.writeString(folder.resolve("a"), "a");
    Files.writeString(folder.resolve("b"), "b");
    ok("put", "box", "a");
    ok("put", "box", "b");
    Files.writeString(folder.resolve("b"), "c");
    ok("put", "box", "b");
    ok("rm", "box", "a");
    assertThat(ok("diff", "box", "1..2").out()).contains("  + b");
    assertThat(ok("diff", "box", "2..4").out()).contains("  - a").contains("  ~ b");
    assertThat(ok("diff", "box", "1..1").out()).contains(": 0 pages changed");
  }

  @Test
  void moments_thatCannotBe_areRefused() {
    makeShop();
    assertThat(fails(ExitCode.USAGE, "diff", "shop", "2..1").err()).contains("say 1..2");
    fails(ExitCode.USAGE, "diff", "shop", "x..1");
    fails(ExitCode.USAGE, "diff", "shop");
    fails(ExitCode.NOT_FOUND, "diff", "shop", "1..99");
  }

  /** Every row that SQL says has changed is told, and no other; over many commits and shapes. */
  @ParameterizedTest
  @CsvSource({"1, 512", "2, 1024", "3, 4096", "4, 512"})
  void rows_seeded_areThoseThatSqlSees(long seed, int pageSize) throws SQLException, IOException {
    System.out.println("diff seed " + seed);
    Random random = new Random(seed);
    ok("init", "shop", "--page-size", "" + pageSize);
    VolumesFile file = VolumesFile.find(surroundings());
    List<Map<Long, String>> history = new ArrayList<>();
    List<Long> lsns = new ArrayList<>();
    try (VolumeSession session = VolumeSession.open(file, "shop");
        GraftDataSource database = GraftDataSource.over(session.replica());
        Connection db = database.getConnection();
        Statement statement = db.createStatement()) {
      if (seed != 2) {
        statement.execute("PRAGMA page_size = " + pageSize);
      }
      if (seed == 4) {
        statement.execute("PRAGMA auto_vacuum = FULL");
      }
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, w TEXT)");
      statement.execute("CREATE INDEX by_v ON t(v)");
      for (int commit = 0; commit < 25; commit++) {
        statement.execute("BEGIN");
        for (int i = 0; i < 1 + random.nextInt(30); i++) {
          statement.execute(change(random));
        }
        statement.execute("COMMIT");
        history.add(rows(statement));
        lsns.add(session.replica().status().position().lsn().value());
      }
      int told = 0;
      int counted = 0;
      for (int i = 0; i < 40; i++) {
        int from = random.nextInt(history.size());
        int upto = from + random.nextInt(history.size() - from);
        try (Snapshot before = session.replica().at(new Lsn(lsns.get(from)));
            Snapshot after = session.replica().at(new Lsn(lsns.get(upto)))) {
          Changes changes =
              session.replica().diff(new Lsn(lsns.get(from)), new Lsn(lsns.get(upto)));
          DatabaseDiff diff =
              DatabaseDiff.between(before, after, changes.pages(), true).orElseThrow();
          RowChanges expected = expected(history.get(from), history.get(upto));
          RowChanges actual =
              diff.parts().stream()
                  .filter(part -> part.name().equals("t"))
                  .flatMap(part -> part.rows().stream())
                  .findFirst()
                  .orElse(new RowChanges(List.of(), List.of(), List.of()));
          assertThat(actual)
              .as("commits %d to %d", lsns.get(from), lsns.get(upto))
              .isEqualTo(expected);
          told += expected.changed().size();
          if (diff.pageBytes() == pageSize) {
            long pages = diff.parts().stream().mapToLong(DatabaseDiff.Part::pages).sum();
            assertThat(pages).isEqualTo(changes.pages().cut(diff.pagesAfter()).cardinality());
            counted++;
          }
        }
      }
      assertThat(told).isPositive();
      assertThat(counted).isEqualTo(seed == 2 ? 0 : 40);
    }
  }

  private Surroundings surroundings() {
    Terminal terminal = new Terminal(System.out, System.err, false, false, System::nanoTime);
    return new Surroundings(terminal, folder, Map.of(), java.io.InputStream.nullInputStream());
  }

  private static String change(Random random) {
    int id = random.nextInt(300);
    String text =
        "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 5_000 : 60)) + random.nextInt();
    return switch (random.nextInt(12)) {
      case 0, 1 -> "DELETE FROM t WHERE id = " + id;
      case 2 -> "DELETE FROM t WHERE id BETWEEN " + id + " AND " + (id + random.nextInt(100));
      case 3, 4, 5 -> "UPDATE t SET w = '" + text + "' WHERE id = " + id;
      default -> "INSERT OR REPLACE INTO t VALUES(" + id + ", '" + id % 7 + "', '" + text + "')";
    };
  }

  private static Map<Long, String> rows(Statement statement) throws SQLException {
    Map<Long, String> rows = new TreeMap<>();
    try (ResultSet all = statement.executeQuery("SELECT id, v, w FROM t")) {
      while (all.next()) {
        rows.put(all.getLong(1), all.getString(2) + "|" + all.getString(3));
      }
    }
    return rows;
  }

  private static RowChanges expected(Map<Long, String> before, Map<Long, String> after) {
    List<Long> added = new ArrayList<>();
    List<Long> removed = new ArrayList<>();
    List<Long> changed = new ArrayList<>();
    after.forEach((id, row) -> {
      String old = before.get(id);
      if (old == null) {
        added.add(id);
      } else if (!old.equals(row)) {
        changed.add(id);
      }
    });
    before.keySet().stream().filter(id -> !after.containsKey(id)).forEach(removed::add);
    return new RowChanges(added, removed, changed);
  }
}
