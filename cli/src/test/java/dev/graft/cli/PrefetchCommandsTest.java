package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hydrate}, {@code prefetch} and {@code explain}, on real folders. */
class PrefetchCommandsTest {
  @TempDir Path folder;

  @BeforeEach
  void importDatabase() throws SQLException, IOException {
    Path file = folder.resolve("shop.db");
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      statement.execute("CREATE TABLE orders(id INTEGER PRIMARY KEY, note TEXT)");
      statement.execute("CREATE TABLE other(id INTEGER PRIMARY KEY, note TEXT)");
      for (String table : new String[] {"orders", "other"}) {
        statement.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                + " INSERT INTO "
                + table
                + " SELECT i, hex(randomblob(60)) FROM n");
      }
      statement.execute("CREATE INDEX by_note ON orders(note)");
    }
    ok("import", "shop.db", "origin");
    String volume = text(ok("status", "origin", "--json"), "volume");
    ok("clone", "folder:" + storeFolder(), volume, "shop");
  }

  private Path storeFolder() throws IOException {
    Matcher remote =
        Pattern.compile("\"folder:([^\"]+)\"")
            .matcher(Files.readString(folder.resolve("graft.json")));
    assertThat(remote.find()).isTrue();
    return folder.resolve(remote.group(1));
  }

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

  private static String text(Run run, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(run.out());
    assertThat(found.find()).as(run.out()).isTrue();
    return found.group(1);
  }

  private static long number(Run run, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":(\\d+)").matcher(run.out());
    assertThat(found.find()).as(run.out()).isTrue();
    return Long.parseLong(found.group(1));
  }

  @Test
  void hydrate_bringsAllOnceAndThenNothingIsAsked() {
    Run first = ok("hydrate", "shop", "--json");
    assertThat(number(first, "bytesFetched")).isGreaterThan(1_000_000);
    Run again = ok("hydrate", "shop", "--json");
    assertThat(number(again, "bytesFetched")).isZero();
    assertThat(number(again, "bytesHere"))
        .isEqualTo(number(first, "bytesFetched") + number(first, "bytesHere"));
    Run status = ok("status", "shop", "--json");
    assertThat(number(status, "pagesHere")).isEqualTo(number(status, "pages"));
    Run explained = ok("explain", "shop", "SELECT sum(length(note)) FROM orders", "--json");
    assertThat(number(explained, "requests")).isZero();
    assertThat(number(explained, "framesFromHere")).isPositive();
    assertThat(ok("hydrate", "shop").out()).contains("all of commit 1 of 'shop' is here");
  }

  /** Rows here and there: a scan would have what lies behind the table fetched ahead. */
  private static String some(String table) {
    return "SELECT sum(length(note)) FROM " + table + " WHERE id IN (5, 9000, 15000, 20000)";
  }

  @Test
  void prefetch_ofATable_bringsThatTableAndNoOther() {
    Run fetched = ok("prefetch", "shop", "--table", "ORDERS", "--json");
    assertThat(number(fetched, "bytesFetched")).isPositive();
    Run orders = ok("explain", "shop", some("orders"), "--json");
    assertThat(number(orders, "requests")).isZero();
    Run other = ok("explain", "shop", some("other"), "--json");
    assertThat(number(other, "requests")).isPositive();
    ok("prefetch", "shop", "--index", "by_note");
    Run index =
        ok("explain", "shop", "SELECT min(note), max(note) FROM orders WHERE note > '7'", "--json");
    assertThat(number(index, "requests")).isZero();
    assertThat(number(ok("prefetch", "shop", "--pages", "300-400,1,350", "--json"), "pages"))
        .isEqualTo(102);
  }

  @Test
  void explain_cold_tellsWhatANewReplicaWouldFetchAndKeepsNothing() {
    String query = "SELECT note FROM orders WHERE id = 777";
    ok("hydrate", "shop");
    Run before = ok("status", "shop", "--json");
    Run cold = ok("explain", "shop", query, "--cold", "--json");
    assertThat(number(cold, "rows")).isEqualTo(1);
    assertThat(number(cold, "rounds")).isBetween(2L, 3L);
    assertThat(number(cold, "bytesFetched")).isBetween(10_000L, 600_000L);
    assertThat(number(cold, "framesFromHere")).isZero();
    assertThat(cold.out()).contains("SEARCH orders USING INTEGER PRIMARY KEY");
    Run status = ok("status", "shop", "--json");
    assertThat(number(status, "bytesHere")).isEqualTo(number(before, "bytesHere"));
    assertThat(ok("explain", "shop", query, "--cold").out())
        .contains("1 row of commit 1 of 'shop', with nothing here:")
        .contains("from the store");
    assertThat(ok("explain", "shop", query).out()).contains("0 requests").contains("from here");
  }

  @Test
  void explain_ofAWrite_isRefusedAndWritesNothing() {
    Run run = Run.in(folder, "explain", "shop", "DELETE FROM orders");
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err()).startsWith("graft: ").hasLineCount(1);
    assertThat(ok("sql", "shop", "SELECT count(*) AS n FROM orders").out()).contains("20000");
  }

  @Test
  void hydrate_ofMoreThanTheCacheHolds_saysWhatToDo() throws IOException {
    Path file = folder.resolve("graft.json");
    String before = Files.readString(file);
    Files.writeString(file, before.replaceFirst("\\{", "{\"cacheBytes\": 4194304, "));
    assertThat(fails(ExitCode.UNAVAILABLE, "hydrate", "shop").err()).contains("cacheBytes of ");
    Files.writeString(file, before.replaceFirst("\\{", "{\"cacheBytes\": 40000000, "));
    ok("hydrate", "shop");
    Files.writeString(file, before.replaceFirst("\\{", "{\"cacheBytes\": \"much\", "));
    fails(ExitCode.USAGE, "hydrate", "shop");
  }

  @Test
  void wrongNames_areOneSentence() {
    assertThat(fails(ExitCode.NOT_FOUND, "prefetch", "shop", "--table", "nothing").err())
        .contains("orders");
    fails(ExitCode.NOT_FOUND, "prefetch", "shop", "--table", "by_note");
    fails(ExitCode.USAGE, "prefetch", "shop");
    fails(ExitCode.USAGE, "prefetch", "shop", "--pages", "9-3");
    fails(ExitCode.USAGE, "prefetch", "shop", "--pages", "x");
    fails(ExitCode.NOT_FOUND, "hydrate", "nobody");
    fails(ExitCode.NOT_FOUND, "explain", "nobody", "SELECT 1");
  }

  @Test
  void pragmas_bringATableByName() {
    Run prefetched = ok("sql", "shop", "PRAGMA graft_prefetch('other')");
    assertThat(prefetched.out()).contains("pages");
    ok("sql", "shop", "PRAGMA graft_hydrate('orders')");
    Run orders = ok("explain", "shop", some("orders"), "--json");
    assertThat(number(orders, "requests")).isZero();
    Run wrong = Run.with(Map.of(), folder, "sql", "shop", "PRAGMA graft_prefetch('nobody')");
    assertThat(wrong.exitCode()).isNotZero();
    assertThat(wrong.err().toLowerCase(Locale.ROOT)).contains("nobody");
  }
}
