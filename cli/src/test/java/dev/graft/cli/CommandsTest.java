package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as people use them, in one process, on real folders. */
class CommandsTest {
  @TempDir Path folder;

  private int damagedRuns;

  @BeforeEach
  void makeDatabase() throws SQLException {
    execute(
        folder.resolve("shop.db"),
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE INDEX by_name ON t(name)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            + " INSERT INTO t SELECT i, 'name ' || i * 7919 % 3001 FROM n");
  }

  private static void execute(Path file, String... statements) throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String first(Path file, String sql) throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getString(1);
    }
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

  @Test
  void importThenExport_givesTheDatabaseBack() throws IOException {
    ok("import", "shop.db", "shop");
    ok("export", "shop", "copy.db");
    assertThat(Files.mismatch(folder.resolve("shop.db"), folder.resolve("copy.db"))).isEqualTo(-1);
  }

  @Test
  void export_ofThePast_hasNothingOfTheFuture() throws SQLException {
    ok("import", "shop.db", "shop");
    ok("sql", "shop", "DELETE FROM t WHERE id > 10");
    ok("export", "shop", "then.db", "--at", "1");
    ok("export", "shop", "now.db");
    assertThat(first(folder.resolve("then.db"), "SELECT count(*) FROM t")).isEqualTo("3000");
    assertThat(first(folder.resolve("now.db"), "SELECT count(*) FROM t")).isEqualTo("10");
    assertThat(first(folder.resolve("now.db"), "PRAGMA integrity_check")).isEqualTo("ok");
  }

  @Test
  void export_ontoAFileThatIsThere_isRefusedUnlessForced() throws IOException, SQLException {
    ok("import", "shop.db", "shop");
    Files.writeString(folder.resolve("mine"), "precious");
    fails(ExitCode.USAGE, "export", "shop", "mine");
    assertThat(folder.resolve("mine")).hasContent("precious");
    ok("export", "shop", "mine", "--force");
    assertThat(first(folder.resolve("mine"), "SELECT count(*) FROM t")).isEqualTo("3000");
  }

  @Test
  void import_intoAVolumeThatHoldsSomething_isRefusedUnlessReplaced() {
    ok("import", "shop.db", "shop");
    assertThat(fails(ExitCode.USAGE, "import", "shop.db", "shop").err()).contains("--replace");
    ok("sql", "shop", "DELETE FROM t");
    ok("import", "shop.db", "shop", "--replace");
    ok("pull", "shop");
    assertThat(ok("sql", "shop", "SELECT count(*) AS n FROM t").out()).contains("3000");
    assertThat(ok("sql", "shop", "--at", "2", "SELECT count(*) AS n FROM t").out()).contains("0");
  }

  @Test
  void import_ofNoDatabase_isOneSentenceAndNamesNothing() throws IOException {
    Files.writeString(folder.resolve("text"), "no database ".repeat(20));
    assertThat(fails(ExitCode.USAGE, "import", "text", "shop").err()).contains("text");
    fails(ExitCode.NOT_FOUND, "import", "nowhere.db", "shop");
    fails(ExitCode.NOT_FOUND, "status", "shop");
  }

  @Test
  void import_ofADatabaseInWalMode_bringsWhatLiesInTheLog() throws SQLException, IOException {
    Path file = folder.resolve("wal.db");
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE t(a)");
      statement.execute("INSERT INTO t VALUES(7)");
      byte[] before = Files.readAllBytes(file);
      ok("import", "wal.db", "wal");
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
    assertThat(ok("sql", "wal", "SELECT a FROM t", "--format", "csv").out())
        .isEqualTo("a\n7\n".replace("\n", System.lineSeparator()));
  }

  @Test
  void initThenSql_makesATableInAnEmptyVolume() {
    ok("init", "notes");
    ok("sql", "notes", "CREATE TABLE n(id INTEGER PRIMARY KEY, x); INSERT INTO n(x) VALUES('a;b')");
    assertThat(ok("sql", "notes", "--json", "SELECT * FROM n").out().replaceAll("\\s", ""))
        .isEqualTo("[{\"id\":1,\"x\":\"a;b\"}]");
    fails(ExitCode.USAGE, "init", "notes");
    fails(ExitCode.USAGE, "init", "other", "--page-size", "1000");
    fails(ExitCode.USAGE, "init", "../other");
  }

  @Test
  void clone_ofAVolume_pullsWhatOthersCommit() throws IOException {
    ok("import", "shop.db", "shop");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    String id =
        ok("status", "shop", "--json")
            .out()
            .replaceAll(".*\"volume\":\"([^\"]+)\".*", "$1")
            .strip();
    Run cloned = Run.in(elsewhere, "clone", "folder:../graft-store", id, "theirs");
    assertThat(cloned.exitCode()).as(cloned.err()).isEqualTo(ExitCode.OK);
    ok("sql", "shop", "DELETE FROM t WHERE id = 5");
    Run before =
        Run.in(
            elsewhere, "sql", "theirs", "SELECT count(*) FROM t WHERE id = 5", "--format", "csv");
    assertThat(before.out()).endsWith("1" + System.lineSeparator());
    assertThat(Run.in(elsewhere, "pull", "theirs").out()).contains("from commit 1 to 2");
    Run after =
        Run.in(
            elsewhere, "sql", "theirs", "SELECT count(*) FROM t WHERE id = 5", "--format", "csv");
    assertThat(after.out()).endsWith("0" + System.lineSeparator());
    assertThat(Run.in(elsewhere, "pull", "theirs").out()).contains("up to date");
  }

  @Test
  void sql_onAReplicaThatIsBehind_exitsWithConflictAndWritesNothing() throws IOException {
    ok("import", "shop.db", "shop");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    String id =
        ok("status", "shop", "--json")
            .out()
            .replaceAll(".*\"volume\":\"([^\"]+)\".*", "$1")
            .strip();
    assertThat(Run.in(elsewhere, "clone", "folder:../graft-store", id, "b").exitCode()).isZero();
    ok("sql", "shop", "UPDATE t SET name = 'mine' WHERE id = 1");
    Run late = Run.in(elsewhere, "sql", "b", "UPDATE t SET name = 'theirs' WHERE id = 1");
    assertThat(late.exitCode()).as(late.err()).isEqualTo(ExitCode.CONFLICT);
    assertThat(late.err()).startsWith("graft: ").hasLineCount(1).contains("run this again");
    assertThat(ok("log", "shop", "--json").out()).contains("\"lsn\":2").doesNotContain("\"lsn\":3");
    Run again = Run.in(elsewhere, "sql", "b", "UPDATE t SET name = 'theirs' WHERE id = 1");
    assertThat(again.exitCode()).as(again.err()).isZero();
  }

  @Test
  void sql_atATimeBeforeTheFirstCommit_isNotFound() {
    ok("import", "shop.db", "shop");
    assertThat(
            fails(ExitCode.NOT_FOUND, "sql", "shop", "--at", "2000-01-01T00:00:00Z", "SELECT 1")
                .err())
        .contains("no commit");
    assertThat(fails(ExitCode.USAGE, "sql", "shop", "--at", "1", "DELETE FROM t").err())
        .contains("past");
    assertThat(ok("sql", "shop", "SELECT 1 -- and so on").out()).contains("1");
  }

  @Test
  void sql_fromStandardInput_runsEachStatement() {
    ok("import", "shop.db", "shop");
    Run run =
        Run.fed(
            folder,
            Map.of(),
            "BEGIN;\nINSERT INTO t VALUES(9001, 'it''s; me');\nCOMMIT;\nSELECT name\nFROM t WHERE id = 9001",
            "sql",
            "shop",
            "--format",
            "csv");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(List.of(run.out().split("\\R"))).containsExactly("name", "it's; me");
  }

  @Test
  void sql_withoutCommit_saysSoAndLeavesNothing() {
    ok("import", "shop.db", "shop");
    Run run = Run.in(folder, "sql", "shop", "BEGIN; DELETE FROM t");
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(run.err()).contains("COMMIT");
    assertThat(ok("sql", "shop", "SELECT count(*) AS n FROM t").out()).contains("3000");
  }

  @Test
  void sql_withAnError_isOneSentence() {
    ok("import", "shop.db", "shop");
    assertThat(fails(ExitCode.FAILURE, "sql", "shop", "SELEC 1").err()).contains("syntax error");
    assertThat(fails(ExitCode.FAILURE, "sql", "shop", "SELECT * FROM missing").err())
        .contains("missing");
    fails(ExitCode.USAGE, "sql", "shop", "SELECT 'open");
    fails(ExitCode.USAGE, "sql", "shop", "--at", "yesterday", "SELECT 1");
    fails(ExitCode.NOT_FOUND, "sql", "shop", "--at", "99", "SELECT 1");
    fails(ExitCode.NOT_FOUND, "sql", "nobody", "SELECT 1");
  }

  @Test
  void log_afterCommits_showsThemNewestFirst() {
    ok("import", "shop.db", "shop", "--message", "the beginning");
    ok("sql", "shop", "DELETE FROM t WHERE id = 1");
    Run log = ok("log", "shop");
    assertThat(log.out().lines().toList()).hasSize(2);
    assertThat(log.out().lines().toList().getLast()).contains("the beginning");
    assertThat(ok("log", "shop", "-n", "1").out().lines()).hasSize(1);
    fails(ExitCode.USAGE, "log", "shop", "-n", "0");
  }

  @Test
  void graftJson_thatIsBroken_isOneSentence() throws IOException {
    Files.writeString(folder.resolve("graft.json"), "{\"volumes\": {\"a\": {\"remote\": 1}}}");
    fails(ExitCode.USAGE, "status", "a");
    Files.writeString(folder.resolve("graft.json"), "{\"volumes\": ");
    fails(ExitCode.USAGE, "status", "a");
  }

  @Test
  void graftJson_ofGraftHome_isUsedAndKeepsWhatElseStandsInIt() throws IOException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.writeString(home.resolve("graft.json"), "{\"note\": \"mine\"}");
    Run made = Run.with(Map.of("GRAFT_HOME", home.toString()), folder, "import", "shop.db", "shop");
    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(folder.resolve("graft.json")).doesNotExist();
    assertThat(Files.readString(home.resolve("graft.json"))).contains("mine").contains("vol-");
    assertThat(home.resolve("graft-store")).isDirectory();
  }

  @Test
  void clone_ofAnUnknownVolume_isNotFound() {
    ok("import", "shop.db", "shop");
    fails(ExitCode.NOT_FOUND, "clone", "folder:graft-store", "vol-00000000000000000000000000", "x");
    fails(ExitCode.USAGE, "clone", "folder:graft-store", "vol-nonsense", "x");
    fails(ExitCode.USAGE, "clone", "ftp://example.org", "vol-00000000000000000000000000", "x");
    fails(ExitCode.NOT_FOUND, "status", "x");
  }

  @Test
  void clone_whoseReplicaCannotBeOpened_leavesNoName() throws IOException {
    ok("import", "shop.db", "shop");
    String id =
        ok("status", "shop", "--json")
            .out()
            .replaceAll(".*\"volume\":\"([^\"]+)\".*", "$1")
            .strip();
    Files.writeString(folder.resolve("taken"), "a file");
    fails(ExitCode.USAGE, "clone", "folder:graft-store", id, "again", "--dir", "taken");
    fails(ExitCode.NOT_FOUND, "status", "again");
    ok("clone", "folder:graft-store", id, "again", "--dir", "free");
  }

  @Test
  void anyCommand_storeFolderGone_saysThatTheFolderIsNotThere() throws IOException {
    ok("import", "shop.db", "shop");
    Files.move(folder.resolve("graft-store"), folder.resolve("moved"));
    for (String command : List.of("pull", "log")) {
      assertThat(fails(ExitCode.NOT_FOUND, command, "shop").err())
          .contains(folder.resolve("graft-store").toString())
          .contains("is not there");
    }
    String unknown = "vol-00000000000000000000000000";
    assertThat(fails(ExitCode.NOT_FOUND, "clone", "folder:nowhere", unknown, "x").err())
        .contains("nowhere is not there");
  }

  @Test
  void exitCode_diskThatDoesNotAllowIt_isThatOfDisks() {
    assertThat(ExitCode.of(new GraftException.Unauthorized("cannot be written")))
        .isEqualTo(ExitCode.UNAVAILABLE);
  }

  @Test
  void sql_onADamagedSegment_namesTheObjectAndChangesNothing() throws IOException {
    ok("import", "shop.db", "shop");
    Path segment;
    try (Stream<Path> files = Files.walk(folder.resolve("graft-store"))) {
      segment = files.filter(file -> file.toString().contains("seg-")).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(segment);
    for (int at = whole.length / 8; at < whole.length; at += whole.length / 8) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(segment, damaged);
      Path replica = folder.resolve(".graft");
      try (Stream<Path> files = Files.exists(replica) ? Files.walk(replica) : Stream.empty()) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      Run run = Run.in(folder, "sql", "shop", "SELECT sum(length(name)) FROM t NOT INDEXED");
      if (run.exitCode() != ExitCode.OK) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.CORRUPT);
        assertThat(run.err()).startsWith("graft: ").hasLineCount(1).contains("seg-");
        damagedRuns++;
      }
      assertThat(Files.readAllBytes(segment)).isEqualTo(damaged);
    }
    assertThat(damagedRuns).isPositive();
    Files.write(segment, whole);
    ok("sql", "shop", "SELECT sum(length(name)) FROM t NOT INDEXED");
  }
}
