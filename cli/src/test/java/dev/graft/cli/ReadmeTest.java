package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Changes;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.Remote;
import dev.graft.sqlite.GraftDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java in the README is the Java in this file, which compiles and does what it says. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path THIS = Path.of("src/test/java/dev/graft/cli/ReadmeTest.java");

  @TempDir Path temporary;

  static long countByUrl() throws SQLException {
    // begin url
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:file:shop?vfs=graft");
        Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM orders")) {
      return row.getLong(1);
    }
    // end url
  }

  static void pay(Path store, VolumeId volume, Path folder) throws SQLException {
    // begin objects
    var concurrency = new ThreadConcurrency(InstantSource.system());
    var ids = new RandomIdSource(new SecureRandom());
    try (Remote remote = new FolderRemotes().open("folder:" + store, Map.of());
        Replica replica =
            Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids).on(folder));
        GraftDataSource database = GraftDataSource.over(replica)) {
      Changes changes = replica.pull();
      System.out.println("at commit " + changes.upto().lsn());
      try (Connection db = database.getConnection();
          Statement statement = db.createStatement()) {
        statement.execute("UPDATE orders SET status = 'paid' WHERE id = 7");
      }
    }
    // end objects
  }

  @Test
  void readme_showsTheCodeOfThisFile() throws IOException {
    String readme = Files.readString(README).replaceAll("\\s+", " ");
    String source = Files.readString(THIS);
    for (String part : new String[] {"url", "objects"}) {
      int begin = source.indexOf("// begin " + part + "\n") + ("// begin " + part + "\n").length();
      String code = source.substring(begin, source.indexOf("// end " + part, begin));
      assertThat(readme).contains(code.strip().replaceAll("\\s+", " "));
    }
  }

  @Test
  void objectsOfTheReadme_commitOneUpdate() throws SQLException {
    Run run = Run.in(temporary, "init", "shop");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Run.in(
        temporary,
        "sql",
        "shop",
        "CREATE TABLE orders(id INTEGER PRIMARY KEY, status TEXT); INSERT INTO orders(id) VALUES(7)");
    String status = Run.in(temporary, "status", "shop", "--json").out();
    String id = status.replaceAll("(?s).*(vol-[0-9a-z]{26}).*", "$1");
    pay(temporary.resolve("graft-store"), VolumeId.parse(id), temporary.resolve("other"));
    Run.in(temporary, "pull", "shop");
    Run after = Run.in(temporary, "sql", "shop", "SELECT status FROM orders", "--format", "csv");
    assertThat(after.out()).contains("paid");
  }
}
