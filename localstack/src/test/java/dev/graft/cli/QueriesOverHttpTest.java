package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sqlite.GraftDataSource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a cold replica asks over HTTP for a query on a database that was just imported. */
@Timeout(120)
class QueriesOverHttpTest {
  private static final int ROWS = 60_000;

  @TempDir Path folder;

  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private Stack stack;
  private VolumeId volume;

  @BeforeEach
  void importDatabase() throws Exception {
    stack = Stack.start(StackOptions.of(new MemoryObjectStore(concurrency)));
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("shop.db"));
        Statement statement = db.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, note BLOB)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, 'name ' || (i * 7919 % 1000003), randomblob(200) FROM n");
      statement.execute("CREATE INDEX names ON t(name)");
    }
    String address = stack.address().toString();
    Run run = Run.in(folder, "import", "shop.db", "shop", "--remote", address);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    Terminal none = new Terminal(System.out, System.err, false, false, System::nanoTime);
    volume =
        VolumesFile.find(new Surroundings(none, folder, Map.of(), System.in))
            .require("shop")
            .volume();
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  /** What one query costs from nothing, opening included. */
  private Counts cold(String query, String expected) throws Exception {
    try (HttpRemote remote =
        new HttpRemote(
            RemoteAddress.parse(stack.address().toString(), false),
            new UrlTransport(concurrency),
            new HeldTokens(null),
            concurrency,
            new SecureRandom(),
            HttpOptions.DEFAULT)) {
      CountingRemote counted = new CountingRemote(remote);
      long invocations = stack.invocations();
      try (Replica replica =
              Replica.open(
                  ReplicaOptions.inMemory(
                      counted, volume, concurrency, new RandomIdSource(new SecureRandom())));
          GraftDataSource database = GraftDataSource.over(replica);
          Connection connection = database.getConnection();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo(expected);
        Counts counts = counted.counts();
        System.out.printf("over HTTP, cold, opened and asked %s: %s%n", query, counts);
        // The open alone is answered by a function.
        assertThat(stack.invocations() - invocations).isEqualTo(1);
        assertThat(counts.changes()).isEqualTo(1);
        return counts;
      }
    }
  }

  @Test
  void cold_byRowid_takesThreeRounds() throws Exception {
    Counts counts = cold("SELECT length(note) FROM t WHERE id = 33333", "200");
    assertThat(counts.rounds()).isLessThanOrEqualTo(3);
    assertThat(counts.bytesIn()).isLessThanOrEqualTo(4 << 20);
  }

  @Test
  void cold_bySecondaryIndex_takesFourRounds() throws Exception {
    String name = "name " + 41_234L * 7919 % 1_000_003;
    Counts counts = cold("SELECT id FROM t WHERE name = '" + name + "' AND note <> ''", "41234");
    assertThat(counts.rounds()).isLessThanOrEqualTo(4);
    assertThat(counts.bytesIn()).isLessThanOrEqualTo((4 << 20) + 100_000);
  }
}
