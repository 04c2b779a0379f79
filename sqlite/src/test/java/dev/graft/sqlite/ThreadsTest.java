package dev.graft.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

final class ThreadsTest {
  private static final int WRITERS = 4;
  private static final int READERS = 2;

  @Test
  void writersAndReaders_onAFake_loseNothingAndSeeWholeTransactions()
      throws SQLException, InterruptedException, ExecutionException {
    FakeReplica replica = new FakeReplica(new FakeVolume(4096));
    stress(replica, 60);
    assertThat(replica.openPins).hasValue(0);
  }

  @Test
  void writersAndReaders_onAnEngine_loseNothingAndSeeWholeTransactions()
      throws SQLException, InterruptedException, ExecutionException {
    VolumeId volume = MemoryRemotes.IDS.newVolumeId();
    try (Remote remote = new MemoryRemotes().open("memory:threads", Map.of())) {
      remote.createVolume(new CreateVolume(volume, new PageSize(4096)));
      ReplicaOptions options =
          ReplicaOptions.inMemory(remote, volume, MemoryRemotes.CONCURRENCY, MemoryRemotes.IDS);
      try (Replica replica = Replica.open(options)) {
        stress(replica, 20);
      }
    }
  }

  private static void stress(Replica replica, int commitsEach)
      throws SQLException, InterruptedException, ExecutionException {
    try (GraftDataSource source = GraftDataSource.over(replica);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS)) {
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create table counter(id integer primary key, n)");
        statement.execute("insert into counter values(1, 0), (2, 0)");
        statement.execute("create table entry(x)");
      }
      AtomicBoolean done = new AtomicBoolean();
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(threads.submit(writer(source, commitsEach)));
      }
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(reader(source, done)));
      }
      for (Future<Integer> writer : writers) {
        writer.get();
      }
      done.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
      int total = WRITERS * commitsEach;
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        assertThat(Sql.rows(statement, "select n from counter"))
            .containsExactly("" + total, "" + -total);
        assertThat(Sql.rows(statement, "select count(*) from entry")).containsExactly("" + total);
        assertThat(Sql.rows(statement, "pragma integrity_check")).containsExactly("ok");
      }
    }
  }

  private static Callable<Integer> writer(GraftDataSource source, int commitsEach) {
    return () -> {
      int retries = 0;
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        for (int done = 0; done < commitsEach; ) {
          try {
            statement.execute("begin immediate");
            statement.execute("update counter set n = n + 1 where id = 1");
            statement.execute("update counter set n = n - 1 where id = 2");
            statement.execute("insert into entry select n from counter where id = 1");
            statement.execute("commit");
            done++;
          } catch (SQLiteException e) {
            assertThat(e.getResultCode()).isEqualTo(SQLiteErrorCode.SQLITE_BUSY);
            retries++;
          }
        }
      }
      return retries;
    };
  }

  private static Callable<Integer> reader(GraftDataSource source, AtomicBoolean done) {
    return () -> {
      int reads = 0;
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        do {
          statement.execute("begin");
          List<String> first = Sql.rows(statement, "select sum(n), max(n) from counter");
          List<String> entries = Sql.rows(statement, "select 0, count(*) from entry");
          statement.execute("commit");
          assertThat(entries).isEqualTo(first);
          reads++;
        } while (!done.get());
      }
      return reads;
    };
  }
}
