package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopDatabaseTest {
  private static final double SMALL = 0.01;

  @TempDir Path folder;

  private static Terminal silent() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Terminal(nowhere, nowhere, false, false, () -> 0);
  }

  @Test
  void make_twice_writesTheSameBytes() throws IOException, SQLException {
    Path one = folder.resolve("one.db");
    Path two = folder.resolve("two.db");
    ShopDatabase.make(one, SMALL, silent());
    ShopDatabase.make(two, SMALL, silent());
    assertThat(Files.mismatch(one, two)).isEqualTo(-1);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(one, two);
    }
  }

  @Test
  void make_database_isWholeAndItsReferencesHold() throws IOException, SQLException {
    Path file = folder.resolve("shop.db");
    ShopDatabase.make(file, SMALL, silent());
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      try (ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
        assertThat(check.getString(1)).isEqualTo("ok");
      }
      try (ResultSet broken = statement.executeQuery("PRAGMA foreign_key_check")) {
        assertThat(broken.next()).isFalse();
      }
      Questions questions = Questions.of(db);
      assertThat(questions.rowid()).isInstanceOf(Question.Picked.Asked.class);
      assertThat(questions.index()).isInstanceOf(Question.Picked.Asked.class);
      assertThat(questions.join().toString()).contains("over 4 tables");
    }
  }
}
