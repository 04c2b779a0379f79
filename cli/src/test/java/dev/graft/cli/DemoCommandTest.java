package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir Path folder;

  private Path database(String name, String... statements) throws SQLException {
    Path file = folder.resolve(name);
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return file;
  }

  private Map<?, ?> demo(String file) throws IOException {
    Run run = Run.in(folder, "demo", "--json", "--db", file, "--dir", "work");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines()).hasSize(1);
    return (Map<?, ?>) Objects.requireNonNull(JsonReader.read(run.out()));
  }

  private static Map<String, Object> figures(Map<?, ?> result) {
    return part(result, "figures");
  }

  private static Map<String, Object> part(Map<?, ?> result, String name) {
    Map<String, Object> part = new HashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(result.get(name)))
        .forEach((key, value) -> part.put(String.valueOf(key), value));
    return part;
  }

  @Test
  void demo_ofASmallShop_tellsAllFiguresAndLeavesTheFileAlone() throws IOException, SQLException {
    Path file =
        database(
            "small.db",
            "CREATE TABLE makers(id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE things(id INTEGER PRIMARY KEY, maker INT REFERENCES makers, name TEXT)",
            "CREATE INDEX things_by_name ON things(name)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                + " INSERT INTO things SELECT i, i % 50, 'thing ' || i * 7919 % 20011 FROM n",
            "INSERT INTO makers SELECT id, 'maker ' || id FROM things WHERE id < 51");
    byte[] before = Files.readAllBytes(file);
    Map<?, ?> result = demo("small.db");
    Map<String, Object> figures = figures(result);
    for (String name :
        new String[] {
          "import.pages",
          "import.rawBytes",
          "import.storedBytes",
          "import.seconds",
          "open.requests",
          "open.bytes",
          "rowid.rounds",
          "rowid.bytes",
          "rowid.bytesWithoutHotPack",
          "index.rounds",
          "index.bytes",
          "join.rounds",
          "join.bytes",
          "commit.objectWrites",
          "commit.objectReads",
          "changes.requests",
          "changes.objectReads",
          "timetravel.rounds"
        }) {
      assertThat(figures.get(name)).as(name).isInstanceOf(Number.class);
    }
    assertThat(figures.get("open.requests")).isEqualTo(1L);
    assertThat(figures.get("commit.objectWrites")).isEqualTo(1L);
    assertThat(figures.get("changes.requests")).isEqualTo(1L);
    assertThat(figures.get("conflict.refused")).isEqualTo(true);
    assertThat(figures.get("import.rawBytes")).isEqualTo((long) before.length);
    assertThat(part(result, "reasons")).isEmpty();
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (Stream<Path> left = Files.list(folder.resolve("work"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void demo_ofADatabaseWithoutIndexesAndKeys_hasNullsWithReasons()
      throws IOException, SQLException {
    database(
        "odd.db",
        "PRAGMA page_size = 512",
        "CREATE TABLE graft_demo_seats(a)",
        "INSERT INTO graft_demo_seats VALUES(1)");
    Map<?, ?> result = demo("odd.db");
    assertThat(figures(result)).containsKey("index.rounds").containsKey("join.bytes");
    assertThat(figures(result).get("index.rounds")).isNull();
    assertThat(figures(result).get("join.bytes")).isNull();
    assertThat(figures(result).get("rowid.rounds")).isInstanceOf(Number.class);
    assertThat(part(result, "reasons")).containsKeys("index.rounds", "join.bytes");
  }

  @Test
  void demo_ofAnEmptyFile_works() throws IOException {
    Files.createFile(folder.resolve("empty.db"));
    assertThat(figures(demo("empty.db")).get("import.pages")).isEqualTo(0L);
  }

  @Test
  void demo_inWords_narrates() throws SQLException {
    database("t.db", "CREATE TABLE t(a)", "INSERT INTO t VALUES(1)");
    Run run = Run.in(folder, "demo", "--db", "t.db", "--dir", "work");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("1. Import").contains("refused").contains("The past");
  }

  @Test
  void demo_ofBadInput_isOneSentence() throws IOException, SQLException {
    Path damaged = database("damaged.db", "CREATE TABLE t(a)", "CREATE TABLE u(a)");
    byte[] bytes = Files.readAllBytes(damaged);
    java.util.Arrays.fill(bytes, 4096, bytes.length, (byte) 0xFF);
    Files.write(damaged, bytes);
    Files.writeString(folder.resolve("text"), "no database at all ".repeat(10));
    Files.write(folder.resolve("cut.db"), java.util.Arrays.copyOf(bytes, 5000));
    for (String file : new String[] {"damaged.db", "text", "cut.db", "missing.db", "."}) {
      Run run = Run.in(folder, "demo", "--json", "--db", file, "--dir", "work");
      assertThat(run.exitCode()).as(file).isNotZero();
      assertThat(run.out()).as(file).isEmpty();
      assertThat(run.err()).as(file).startsWith("graft: ").hasLineCount(1);
    }
  }
}
