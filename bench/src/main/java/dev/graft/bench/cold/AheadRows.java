package dev.graft.bench.cold;

import dev.graft.cli.Importer;
import dev.graft.cli.SourceDatabase;
import dev.graft.client.Progress;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.count.CountingRemote;
import dev.graft.client.count.Counts;
import dev.graft.client.count.DelayingRemote;
import dev.graft.client.prefetch.HotPages;
import dev.graft.client.prefetch.Leap;
import dev.graft.client.prefetch.PrefetchStatus;
import dev.graft.client.prefetch.Prefetcher;
import dev.graft.client.prefetch.SequentialScan;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.sqlite.GraftDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks queries of replicas in memory that have nothing, with one prefetcher after the other, over a
 * store whose every request takes 10 ms. Answers are compared with plain SQLite's on the file.
 */
public final class AheadRows {
  private static final Duration AWAY = Duration.ofMillis(10);
  private static final long SEED = 7;

  /** Nothing is to be given up while it is measured. */
  private static final long CACHE_BYTES = 2L << 30;

  private final VolumeId volume;

  private final EngineRemote engine;
  private final ThreadConcurrency concurrency;
  private final RandomIdSource ids;

  /**
   * A way of fetching ahead.
   *
   * @param runAhead whether rows are fetched ahead of a reader of an index
   * @param hydrate whether all is fetched before the query
   */
  private record Way(
      String name, Supplier<Prefetcher> prefetcher, boolean runAhead, boolean hydrate) {}

  /** A query. */
  private record Work(String name, String sql) {}

  private static final List<Way> WAYS =
      List.of(
          new Way("nothing", Prefetcher::none, false, false),
          new Way("Leap", () -> new Leap(Leap.Settings.PUBLISHED), false, false),
          new Way(
              "hot pages, Leap",
              () -> Prefetcher.inTurn(new HotPages(), new Leap(Leap.Settings.PUBLISHED)),
              false,
              false),
          new Way(
              "hot pages, scans",
              () -> Prefetcher.inTurn(new HotPages(), new SequentialScan()),
              false,
              false),
          new Way(
              "hot pages, scans, Leap",
              () ->
                  Prefetcher.inTurn(
                      new HotPages(), new SequentialScan(), new Leap(Leap.Settings.BESIDE_SCANS)),
              false,
              false),
          new Way(
              "hot pages, scans, Leap, index run-ahead",
              () ->
                  Prefetcher.inTurn(
                      new HotPages(), new SequentialScan(), new Leap(Leap.Settings.BESIDE_SCANS)),
              true,
              false),
          new Way("hydrated first", Prefetcher::none, false, true));

  private AheadRows(
      EngineRemote engine, VolumeId volume, ThreadConcurrency concurrency, RandomIdSource ids) {
    this.engine = engine;
    this.volume = volume;
    this.concurrency = concurrency;
    this.ids = ids;
  }

  /**
   * Runs all and prints them.
   *
   * @param args the file, and perhaps a folder for the store
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("--version")) {
      System.out.println("prefetch");
      return;
    }
    boolean withFolder = args.length == 3 && args[1].equals("--dir");
    if (args.length != 1 && !withFolder) {
      System.err.println("usage: bench/prefetch FILE [--dir PATH]");
      System.exit(2);
    }
    Path home = Path.of(withFolder ? args[2] : System.getProperty("java.io.tmpdir"));
    Files.createDirectories(home);
    Path work = Files.createTempDirectory(home, "prefetch-");
    var concurrency = new ThreadConcurrency(InstantSource.system());
    var ids = new RandomIdSource(new SecureRandom());
    try (SourceDatabase source = SourceDatabase.open(Path.of(args[0]), work);
        Connection plain = SourceDatabase.connect(source.file())) {
      FileObjectStore store = FileObjectStore.open(work.resolve("store"), concurrency);
      try (EngineRemote engine =
          new EngineRemote(
              store, store, concurrency, ids, new SecureRandom(), EngineOptions.DEFAULT)) {
        VolumeId volume = ids.newVolumeId();
        engine.createVolume(new CreateVolume(volume, PageSize.DEFAULT));
        Importer.bring(engine, volume, concurrency, ids, source, "", (done, total) -> {});
        new AheadRows(engine, volume, concurrency, ids).run(plain);
      }
    } finally {
      ColdRows.remove(work);
    }
  }

  private void run(Connection plain) throws SQLException {
    System.out.println(
        "| query | fetched ahead | requests | rounds | bytes | unused of these | ms |");
    System.out.println("|---|---|---:|---:|---:|---:|---:|");
    for (Work work : works(plain)) {
      String expected = answer(plain, work.sql);
      for (Way way : WAYS) {
        measure(work, way, expected);
      }
    }
  }

  private static List<Work> works(Connection plain) throws SQLException {
    long reviews = Long.parseLong(answer(plain, "SELECT count(*) FROM reviews").strip());
    long product =
        Long.parseLong(
            answer(
                    plain,
                    "SELECT product_id FROM reviews GROUP BY product_id HAVING count(*) >= 20"
                        + " ORDER BY abs(product_id - (SELECT max(id) / 2 FROM products)),"
                        + " product_id LIMIT 1")
                .strip());
    Random random = new Random(SEED);
    String keys =
        random
            .longs(100, 1, reviews + 1)
            .mapToObj(key -> "(" + key + ")")
            .collect(Collectors.joining(","));
    return List.of(
        new Work("scan of reviews", "SELECT total(length(body)) FROM reviews NOT INDEXED"),
        new Work(
            "the same from its end",
            "SELECT total(length(body)) FROM (SELECT body FROM reviews NOT INDEXED ORDER BY id DESC)"),
        new Work(
            "every 2,000th review",
            "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 2000 FROM k WHERE i + 2000 <= "
                + reviews
                + ") SELECT total(length(body)) FROM k CROSS JOIN reviews ON id = i"),
        new Work(
            "index range, 1,000 orders",
            "SELECT sum(total_cents) FROM (SELECT total_cents FROM orders WHERE placed_at >= (SELECT"
                + " avg(placed_at) FROM orders WHERE id IN (1, 2, 3)) ORDER BY placed_at LIMIT 1000)"),
        new Work(
            "index range, 20 scattered reviews",
            "SELECT id, rating, body FROM reviews WHERE product_id = "
                + product
                + " ORDER BY created_at DESC LIMIT 20"),
        new Work(
            "100 reviews at random",
            "WITH k(i) AS (VALUES "
                + keys
                + ") SELECT total(length(body)) FROM k CROSS JOIN reviews"
                + " ON id = i"));
  }

  private void measure(Work work, Way way, String expected) throws SQLException {
    CountingRemote remote = new CountingRemote(new DelayingRemote(engine, concurrency, AWAY, AWAY));
    ReplicaOptions options =
        ReplicaOptions.inMemory(remote, volume, concurrency, ids)
            .with(way.prefetcher)
            .with(ReplicaOptions.Limits.DEFAULT.withCacheBytes(CACHE_BYTES));
    long began = System.nanoTime();
    try (Replica replica = Replica.open(options)) {
      if (way.hydrate) {
        replica.hydrate(Progress.NONE);
      }
      Replica asked = way.runAhead ? replica : Unhinted.replica(replica);
      String answer;
      try (GraftDataSource database = GraftDataSource.over(asked);
          Connection db = database.getConnection()) {
        answer = answer(db, work.sql);
      }
      long millis = (System.nanoTime() - began) / 1_000_000;
      Counts counts = remote.counts();
      PrefetchStatus ahead = replica.status().prefetch();
      System.out.println(
          String.format(
              Locale.ROOT,
              "| %s | %s | %,d | %,d | %,d | %s | %,d |%s",
              work.name,
              way.name,
              counts.requests(),
              counts.rounds(),
              counts.bytesIn(),
              way.hydrate
                  ? "all that the query does not read"
                  : String.format(Locale.ROOT, "%,d", ahead.unusedBytes() + ahead.underWayBytes()),
              millis,
              answer.equals(expected) ? "" : " **answer differs from plain SQLite's**"));
    }
  }

  private static String answer(Connection db, String sql) throws SQLException {
    StringBuilder answer = new StringBuilder();
    try (Statement statement = db.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          row.add(rows.getObject(column));
        }
        answer.append(row.size() == 1 ? String.valueOf(row.getFirst()) : row).append('\n');
      }
    }
    return answer.toString();
  }
}
