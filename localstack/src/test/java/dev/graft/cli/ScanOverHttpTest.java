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
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.localstack.Stack;
import dev.graft.localstack.StackOptions;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.sqlite.GraftDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full scan over HTTP, of a table that cannot be compressed: so a hundred megabytes take as
 * many requests as three hundred of the data that the row of the design is about. 64 GETs a GiB of
 * which 0.38 is stored are one for each 6.4 MB stored.
 */
@Timeout(120)
class ScanOverHttpTest {
  private static final int ROWS = 26_000;
  private static final double GET_BYTES = 0.38 * (1 << 30) / 64;
  private static final int MIN_IN_FLIGHT = 8;

  /** Reads of hot pages, and of little at a time until the scan is seen for one. */
  private static final int BEGINNING = 4;

  /** The other side is so far away that requests of one round are under way together. */
  private static final Duration AWAY = Duration.ofMillis(200);

  @TempDir Path folder;

  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final IdSource ids = new RandomIdSource(new SecureRandom());
  private final VolumeId volume = ids.newVolumeId();

  /** Watches how many requests are under way. */
  private final class Far implements Transport {
    private final Transport transport = new UrlTransport(concurrency);
    private int now;
    private int most;

    @Override
    public <T> T send(Request request, Receiver<T> receiver) throws IOException {
      synchronized (this) {
        now++;
        most = Math.max(most, now);
      }
      try {
        concurrency.sleepUntil(concurrency.instant().plus(AWAY));
        return transport.send(request, receiver);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } finally {
        synchronized (this) {
          now--;
        }
      }
    }

    synchronized int most() {
      return most;
    }

    @Override
    public void close() {
      transport.close();
    }
  }

  private HttpRemote remote(Stack stack, Transport transport) {
    return new HttpRemote(
        RemoteAddress.parse(stack.address().toString(), false),
        transport,
        new HeldTokens(null),
        concurrency,
        new SecureRandom(),
        HttpOptions.DEFAULT);
  }

  private Path database() throws Exception {
    Path file = folder.resolve("noise.db");
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = db.createStatement()) {
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, noise BLOB)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, randomblob(3900) FROM n");
    }
    return file;
  }

  @Test
  void fullScan_hasEightRequestsUnderWay_andFewOfThem() throws Exception {
    CountingObjectStore store =
        new CountingObjectStore(FileObjectStore.open(folder.resolve("store"), concurrency));
    Far far = new Far();
    try (Stack stack = Stack.start(StackOptions.of(store));
        HttpRemote writing = remote(stack, new UrlTransport(concurrency));
        HttpRemote reading = remote(stack, far);
        SourceDatabase source = SourceDatabase.open(database(), folder)) {
      writing.createVolume(new CreateVolume(volume, new PageSize(4096)));
      Importer.bring(writing, volume, concurrency, ids, source, "", (done, total) -> {});
      stack.quiesce();
      long stored = store.snapshot().bytesWritten();
      long invocations = stack.invocations();
      CountingRemote counted = new CountingRemote(reading);
      try (Replica replica =
              Replica.open(ReplicaOptions.inMemory(counted, volume, concurrency, ids));
          GraftDataSource database = GraftDataSource.over(replica);
          Connection connection = database.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery("SELECT count(*), sum(length(noise)) FROM t NOT INDEXED")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isEqualTo(ROWS);
        assertThat(row.getLong(2)).isEqualTo(3_900L * ROWS);
      }
      Counts counts = counted.counts();
      System.out.printf(
          "over HTTP, full scan of %,d bytes stored: %s, %d under way at most%n",
          stored, counts, far.most());
      assertThat((double) counts.reads()).isLessThanOrEqualTo(stored / GET_BYTES + BEGINNING);
      assertThat(far.most()).isGreaterThanOrEqualTo(MIN_IN_FLIGHT);
      // The open alone is answered by a function.
      assertThat(stack.invocations() - invocations).isEqualTo(1);
    }
  }
}
