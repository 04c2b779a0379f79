package dev.graft.localstack.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Transaction;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.Counts;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.sqlite.GraftDataSource;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 24 writers of one volume, each with an engine, a replica and caches of its own, as 24 processes
 * would have them. {@code -Dgraft.race.commits=2000} makes it longer.
 */
@Timeout(600)
abstract class Race {
  private static final PageSize PAGE_SIZE = new PageSize(4096);
  private static final int WRITERS = 24;

  private final WriterRace race =
      new WriterRace(WRITERS, Integer.getInteger("graft.race.commits", 300));
  final Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final SecureRandom random = new SecureRandom();
  private final IdSource ids = new RandomIdSource(random);
  private final VolumeId volume = ids.newVolumeId();
  private final List<CountingObjectStore> stores = new ArrayList<>();
  final List<AutoCloseable> open = new ArrayList<>();
  private ObjectStore store;

  /** An empty store. */
  abstract ObjectStore newStore();

  @BeforeEach
  void makeVolume() {
    store = newStore();
    engine().createVolume(new CreateVolume(volume, PAGE_SIZE));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private EngineRemote engine() {
    CountingObjectStore counting = new CountingObjectStore(store);
    stores.add(counting);
    EngineRemote engine =
        new EngineRemote(counting, counting, concurrency, ids, random, EngineOptions.DEFAULT);
    open.add(engine);
    return engine;
  }

  private Counts asked() {
    return stores.stream().map(CountingObjectStore::snapshot).reduce(Counts.ZERO, Counts::plus);
  }

  private Replica replica() {
    Replica replica = Replica.open(ReplicaOptions.inMemory(engine(), volume, concurrency, ids));
    open.add(replica);
    return replica;
  }

  private record PageWriter(Replica replica, long page) implements WriterRace.Writer {
    @Override
    public void commit(String message) {
      try (Transaction transaction = replica.begin()) {
        byte[] bytes = new byte[PAGE_SIZE.bytes()];
        byte[] text = message.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, 0, text.length);
        transaction.write(page, MemorySegment.ofArray(bytes), 0);
        CommitOptions options =
            new CommitOptions("", message, idx -> false).onConflict(new Policy.Merge());
        assertThat(transaction.commit(options)).isInstanceOf(CommitResult.Committed.class);
      }
    }
  }

  @Test
  void race_disjointPages_everyCommitStandsOnce() throws Exception {
    Replica first = replica();
    for (int page = 1; page <= WRITERS; page += WRITERS - 1) {
      new PageWriter(first, page).commit("setup " + page);
    }
    List<PageWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new PageWriter(replica(), 1 + i));
    }
    WriterRace.Result result = race.run("pages", writers, this::asked);
    WriterRace.checkLog(engine(), volume, first.snapshot().position().lsn(), result);
    Replica reader = replica();
    for (int i = 0; i < WRITERS; i++) {
      byte[] bytes = new byte[32];
      reader.snapshot().read(1 + i, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
      String last = result.acknowledged().get(i).getLast();
      assertThat(new String(bytes, java.nio.charset.StandardCharsets.US_ASCII)).startsWith(last);
    }
    race.check(result);
  }

  private record RowWriter(Statement statement, int row) implements WriterRace.Writer {
    @Override
    public void commit(String message) throws Exception {
      statement.execute("PRAGMA graft_message('" + message + "')");
      statement.execute("UPDATE t SET n = n + 1 WHERE id = " + row);
    }
  }

  @Test
  void race_rowsOfTheirOwnThroughSqlite_everyCommitStandsOnce() throws Exception {
    Replica first = replica();
    Statement setup = statement(first);
    // A row a page.
    setup.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, n, pad)");
    setup.execute(
        "WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < "
            + WRITERS
            + ") INSERT INTO t SELECT x, 0, zeroblob(3000) FROM i");
    List<RowWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new RowWriter(statement(replica()), 1 + i));
    }
    WriterRace.Result result = race.run("SQLite rows", writers, this::asked);
    WriterRace.checkLog(engine(), volume, first.snapshot().position().lsn(), result);
    Statement reader = statement(replica());
    for (int i = 0; i < WRITERS; i++) {
      try (ResultSet row = reader.executeQuery("SELECT n FROM t WHERE id = " + (1 + i))) {
        assertThat(row.getInt(1)).isEqualTo(result.acknowledged().get(i).size());
      }
    }
    try (ResultSet row = reader.executeQuery("PRAGMA integrity_check")) {
      assertThat(row.getString(1)).isEqualTo("ok");
    }
    race.check(result);
  }

  private Statement statement(Replica replica) throws Exception {
    GraftDataSource source = GraftDataSource.over(replica).onConflict(new Policy.Merge());
    Connection connection = source.getConnection();
    open.add(connection);
    return connection.createStatement();
  }
}
