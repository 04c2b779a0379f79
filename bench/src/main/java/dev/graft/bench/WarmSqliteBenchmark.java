package dev.graft.bench;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Transaction;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.Remote;
import dev.graft.sqlite.GraftDataSource;
import dev.graft.sqlite.HotPages;
import dev.graft.sqlite.SqliteFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;

/**
 * Warm reads of SQLite through a volume against plain SQLite on the same file: thread CPU time,
 * medians of interleaved runs, SQLite's page cache at 2 MB.
 *
 * <p>Arguments: the database file, and an empty folder for the store and the replica.
 */
public final class WarmSqliteBenchmark {
  private static final int RUNS = 7;
  private static final int WARM_UPS = 4;
  private static final int POINTS = 20_000;
  private static final long SEED = 42;
  private static final String CACHE = "pragma cache_size=-2000";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private WarmSqliteBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws SQLException, IOException {
    Path file = Path.of(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]));
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    RandomIdSource ids = new RandomIdSource(new SecureRandom());
    ObjectStore store = FileObjectStore.open(folder.resolve("store"), InstantSource.system());
    try (Remote remote =
        new EngineRemote(store, store, concurrency, ids, new Random(SEED), EngineOptions.DEFAULT)) {
      VolumeId volume = ids.newVolumeId();
      remote.createVolume(new CreateVolume(volume, SqliteFiles.check(file).pageSize()));
      ReplicaOptions options =
          ReplicaOptions.inMemory(remote, volume, concurrency, ids).on(folder.resolve("replica"));
      try (Replica replica = Replica.open(options)) {
        bring(file, replica);
        compare(file, replica);
      }
    }
  }

  private static void bring(Path file, Replica replica) throws IOException {
    SqliteFiles.Shape shape = SqliteFiles.check(file);
    HotPages hot = SqliteFiles.hotPages(file);
    int bytes = shape.pageSize().bytes();
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file);
        Transaction transaction = replica.begin()) {
      MemorySegment all = channel.map(MapMode.READ_ONLY, 0, shape.bytes(), arena);
      for (long page = 1; page <= shape.pageCount(); page++) {
        transaction.write(page, all, (page - 1) * bytes);
      }
      CommitResult result = transaction.commit(new CommitOptions("", "import", hot::contains));
      System.out.println("imported " + shape.pageCount() + " pages: " + result);
    }
  }

  private static void compare(Path file, Replica replica) throws SQLException {
    try (GraftDataSource source = GraftDataSource.over(replica);
        Connection graft = source.getConnection();
        Connection plain = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      try (Statement a = plain.createStatement();
          Statement b = graft.createStatement()) {
        a.execute(CACHE);
        b.execute(CACHE);
      }
      Table table = Table.largest(plain);
      report("scan", () -> scan(plain, table), () -> scan(graft, table));
      report("point", () -> points(plain, table), () -> points(graft, table));
    }
  }

  /** A unit of work; gives a number by which the answers are compared. */
  private interface Work {
    long run() throws SQLException;
  }

  private static void report(String name, Work plain, Work graft) throws SQLException {
    double[] plainMillis = new double[RUNS];
    double[] graftMillis = new double[RUNS];
    for (int i = -WARM_UPS; i < RUNS; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      long expected = plain.run();
      long middle = THREADS.getCurrentThreadCpuTime();
      long got = graft.run();
      long end = THREADS.getCurrentThreadCpuTime();
      if (expected != got) {
        throw new IllegalStateException(name + " gave " + got + " and not " + expected);
      }
      if (i >= 0) {
        plainMillis[i] = (middle - start) / 1e6;
        graftMillis[i] = (end - middle) / 1e6;
      }
    }
    Arrays.sort(plainMillis);
    Arrays.sort(graftMillis);
    System.out.printf(
        "%s: plain %.1f ms (%.1f-%.1f), volume %.1f ms (%.1f-%.1f), ratio %.2f%n",
        name,
        plainMillis[RUNS / 2],
        plainMillis[0],
        plainMillis[RUNS - 1],
        graftMillis[RUNS / 2],
        graftMillis[0],
        graftMillis[RUNS - 1],
        graftMillis[RUNS / 2] / plainMillis[RUNS / 2]);
  }

  private static long scan(Connection connection, Table table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(table.scan())) {
      return row.getLong(1);
    }
  }

  private static long points(Connection connection, Table table) throws SQLException {
    Random random = new Random(SEED);
    long sum = 0;
    try (PreparedStatement statement = connection.prepareStatement(table.point())) {
      for (int i = 0; i < POINTS; i++) {
        statement.setLong(1, 1 + random.nextLong(table.rows()));
        try (ResultSet row = statement.executeQuery()) {
          sum += row.next() ? row.getLong(1) : 0;
        }
      }
    }
    return sum;
  }

  /**
   * The table that is read.
   *
   * @param name of the one with the most pages
   * @param lastColumn read by each query, so that whole rows are passed
   * @param rows its largest rowid
   */
  private record Table(String name, String lastColumn, long rows) {
    static Table largest(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        String name =
            text(
                statement,
                "select name from dbstat where aggregate = true and name in (select name from"
                    + " sqlite_schema where type = 'table') order by pageno desc limit 1");
        String last =
            text(
                statement,
                "select name from pragma_table_info('" + name + "') order by cid desc limit 1");
        long rows = Long.parseLong(text(statement, "select max(rowid) from \"" + name + "\""));
        System.out.println("table " + name + " up to rowid " + rows + ", column " + last);
        return new Table(name, last, rows);
      }
    }

    private static String text(Statement statement, String query) throws SQLException {
      try (ResultSet row = statement.executeQuery(query)) {
        return row.getString(1);
      }
    }

    String scan() {
      return "select count(*) + sum(length(\""
          + lastColumn
          + "\")) from \""
          + name
          + "\" not indexed";
    }

    String point() {
      return "select length(\"" + lastColumn + "\") from \"" + name + "\" where rowid = ?";
    }
  }
}
