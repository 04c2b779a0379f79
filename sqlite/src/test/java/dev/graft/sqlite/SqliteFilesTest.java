package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void hotPages_ofAnyPageSize_areTheInteriorAndRootAndSchemaAndStatisticsPages(int pageSize)
      throws IOException, SQLException {
    Path file = database(pageSize, "delete");
    HotPages hot = SqliteFiles.hotPages(file);

    TreeSet<Long> expected = new TreeSet<>();
    try (Connection connection = plain(file);
        Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "select pageno from dbstat where pagetype = 'internal' or name = 'sqlite_schema'"
                  + " or name like 'sqlite_stat%'"
                  + " union select rootpage from sqlite_schema where rootpage > 0")) {
        while (rows.next()) {
          expected.add(rows.getLong(1));
        }
      }
    }
    assertThat(hot.ascending()).containsExactly(expected.stream().mapToLong(p -> p).toArray());
    assertThat(hot.ordered()).hasSameSizeAs(hot.ascending()).startsWith(1);
    assertThat(hot.level(0)).containsExactly(1);
    assertThat(hot.contains(1)).isTrue();
    SqliteFiles.Shape shape = SqliteFiles.check(file);
    assertThat(shape.pageSize()).isEqualTo(new PageSize(pageSize));
    assertThat(shape.bytes()).isEqualTo(Files.size(file));
  }

  @Test
  void hotPages_ofDamagedFiles_endAndStayInside() throws IOException, SQLException {
    Path file = database(512, "delete");
    byte[] good = Files.readAllBytes(file);
    long seed = 20261121;
    Random random = new Random(seed);
    Path damaged = folder.resolve("damaged.db");
    for (int round = 0; round < 300; round++) {
      byte[] bytes = good.clone();
      int hits = 1 + random.nextInt(200);
      for (int i = 0; i < hits; i++) {
        int at = 100 + random.nextInt(round % 2 == 0 ? 4096 : bytes.length - 100);
        bytes[at] = (byte) random.nextInt(256);
      }
      Files.write(damaged, bytes);
      HotPages hot = SqliteFiles.hotPages(damaged);
      assertThat(Arrays.stream(hot.ascending()).boxed())
          .as("seed %d round %d", seed, round)
          .allMatch(page -> page >= 1 && page <= bytes.length / 512)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void inPagesOf_otherSizes_coversTheSameBytes() {
    HotPages hot = new HotPages(List.of(new long[] {1}, new long[] {3, 9}));
    assertThat(hot.inPagesOf(new PageSize(1024), new PageSize(4096)).ordered())
        .containsExactly(1, 3);
    assertThat(hot.inPagesOf(new PageSize(1024), new PageSize(512)).ordered())
        .containsExactly(1, 2, 5, 6, 17, 18);
  }

  @Test
  void check_fileThatIsNoDatabase_saysSo() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "hello ".repeat(100));
    assertThatThrownBy(() -> SqliteFiles.check(text))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("not a SQLite database");
    Path empty = Files.createFile(folder.resolve("empty.db"));
    assertThatThrownBy(() -> SqliteFiles.check(empty)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> SqliteFiles.check(folder.resolve("none")))
        .isInstanceOf(GraftException.NotFound.class);
  }

  @Test
  void check_fileThatIsCutOff_saysSo() throws IOException, SQLException {
    Path file = database(4096, "delete");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 4096));
    assertThatThrownBy(() -> SqliteFiles.check(file)).hasMessageContaining("cut off");
  }

  @Test
  void check_unmergedLogOrHotJournal_saysWhatToDo() throws IOException, SQLException {
    Path file = database(4096, "wal");
    assertThat(SqliteFiles.check(file).header().writeAheadLog()).isTrue();
    try (Connection connection = plain(file);
        Statement statement = connection.createStatement()) {
      statement.execute("insert into a(name) values('late')");
      assertThatThrownBy(() -> SqliteFiles.check(file))
          .hasMessageContaining("write-ahead log")
          .hasMessageContaining("wal_checkpoint");
    }
    Path journal = Files.write(folder.resolve(file.getFileName() + "-journal"), new byte[512]);
    SqliteFiles.check(file);
    Files.write(journal, new byte[] {(byte) 0xd9, (byte) 0xd5});
    assertThatThrownBy(() -> SqliteFiles.check(file)).hasMessageContaining("unfinished");
  }

  private Path database(int pageSize, String journalMode) throws SQLException {
    Path file = folder.resolve("shop" + pageSize + ".db");
    try (Connection connection = plain(file);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma page_size=" + pageSize);
      statement.execute("pragma journal_mode=" + journalMode);
      List<String> columns = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        columns.add("a_column_with_a_rather_long_name_" + i);
      }
      connection.setAutoCommit(false);
      statement.execute("create table a(id integer primary key, name text)");
      statement.execute("create table wide(" + String.join(",", columns) + ")");
      statement.execute("create table k(a text, b text, primary key(a, b)) without rowid");
      statement.execute("create index a_name on a(name)");
      statement.execute("create view v as select name from a");
      statement.execute("create table t_" + "x".repeat(300) + "(y)");
      int rows = pageSize == 65536 ? 30_000 : 6_000;
      statement.execute(
          "with recursive n(i) as (select 1 union all select i+1 from n where i<"
              + rows
              + ") insert into a(name) select printf('name %08d %s', i*7919%100003, hex(i*i)) from"
              + " n");
      statement.execute("insert or ignore into k select name, id from a");
      connection.commit();
      statement.execute("analyze");
      connection.commit();
    }
    return file;
  }

  private static Connection plain(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }
}
