package dev.graft.replica;

import dev.graft.client.Progress;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Measures what the first query costs, under the real runtime interface client, counted at the
 * store: of a cold start, and after the restore of a primed snapshot of several ages, beside a
 * function that downloads the whole database.
 *
 * <p>By hand, with many commits: see {@link RestoreTrialLargeTest}.
 */
final class RestoreTrial implements AutoCloseable {
  static final String QUERY =
      "SELECT o.id, o.state, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer"
          + " WHERE o.customer = %d ORDER BY o.id";
  static final String RESTORED = "restored, primed query";
  private static final String ANOTHER = "the same replica, then another query";
  private static final int PRIMED = 17;
  private static final int OTHER = 23;

  /**
   * One measured query.
   *
   * @param what was asked of whom
   * @param age of the snapshot in commits
   * @param changes questions of the replica about what is new
   * @param metadata requests to the store for the log, rollups and state
   * @param pageReads requests to the store for pages
   * @param metadataBytes of these
   * @param pageBytes of these
   * @param changedTouched pages that the query touches and that have changed since the snapshot
   * @param touched pages that the query touches
   * @param cpu of the process, restore included
   */
  record Row(
      String what,
      int age,
      long changes,
      long metadata,
      long pageReads,
      long metadataBytes,
      long pageBytes,
      long changedTouched,
      long touched,
      Duration cpu) {
    /** A row of a table in Markdown. */
    String line() {
      return String.format(
          Locale.ROOT,
          "| %s | %,d | %d | %d | %d | %,d | %,d | %d of %d | %d |",
          what,
          age,
          changes,
          metadata,
          pageReads,
          metadataBytes,
          pageBytes,
          changedTouched,
          touched,
          cpu.toMillis());
    }

    static final String HEAD =
        "| first query | age, commits | questions | metadata requests | page requests | metadata"
            + " bytes | page bytes | changed pages of those touched | CPU ms |\n"
            + "|---|---:|---:|---:|---:|---:|---:|---:|---:|";
  }

  private final Path folder;
  private final MemoryObjectStore store;
  private final ShopVolume shop;
  private final Door door;
  private int runs;

  /** Opens a door to a store for those who read a volume in it. */
  interface Opening {
    Door open(MemoryObjectStore store, VolumeId volume) throws IOException;
  }

  private RestoreTrial(Path folder, int orders, Opening opening) throws Exception {
    this.folder = folder;
    this.store = new MemoryObjectStore(new ThreadConcurrency(InstantSource.system()));
    this.shop = ShopVolume.make(folder, store, orders);
    this.door = opening.open(store, shop.volume());
  }

  /** With the engine in the replica's process, on S3. */
  static RestoreTrial begin(Path folder, int orders) throws Exception {
    return begin(folder, orders, (store, volume) -> CountedS3.start(store));
  }

  /** With a replica that asks by another door. */
  static RestoreTrial begin(Path folder, int orders, Opening opening) throws Exception {
    return new RestoreTrial(folder, orders, opening);
  }

  ShopVolume shop() {
    return shop;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(door.environment());
    environment.put("GRAFT_VOLUME", shop.volume().toString());
    environment.put("GRAFT_PRIME", "[\"" + String.format(Locale.ROOT, QUERY, PRIMED) + "\"]");
    environment.put("GRAFT_MAX_MILLIS", "100000");
    return environment;
  }

  /** What two processes that came from equal snapshots say to a query, each by itself. */
  List<String> clones(String sql) throws Exception {
    List<String> answers = new ArrayList<>();
    try (LambdaRuntime one = start("dev.graft.replica.ReplicaFunction", true);
        LambdaRuntime two = start("dev.graft.replica.ReplicaFunction", true)) {
      for (LambdaRuntime clone : List.of(one, two)) {
        clone.awaitCheckpoint();
      }
      for (LambdaRuntime clone : List.of(one, two)) {
        clone.restore();
        answers.add(
            UrlEvents.got(clone.invoke(UrlEvents.query("{\"sql\":\"" + sql + "\"}"))).rows());
      }
    }
    return answers;
  }

  /** The restored replica alone. */
  List<Row> restored(int commits) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (LambdaRuntime primed = start("dev.graft.replica.ReplicaFunction", true)) {
      primed.awaitCheckpoint();
      Lsn taken = shop.head();
      shop.change(commits);
      rows.add(ask(RESTORED, primed, true, taken, PRIMED, commits));
      rows.add(ask(ANOTHER, primed, false, taken, OTHER, commits));
    }
    return rows;
  }

  /** All rows of one age: the snapshot is taken, the commits are made, and it is restored. */
  List<Row> age(int commits) throws Exception {
    List<Row> rows = new ArrayList<>();
    putCopy();
    try (LambdaRuntime primed = start("dev.graft.replica.ReplicaFunction", true);
        LambdaRuntime copy = start("dev.graft.replica.CopyFunction", true)) {
      primed.awaitCheckpoint();
      copy.awaitCheckpoint();
      Lsn taken = shop.head();
      Instant start = Instant.now();
      shop.change(commits);
      if (commits > 10_000) {
        System.out.println(commits + " commits in " + Duration.between(start, Instant.now()));
      }
      putCopy();
      door.seen();
      rows.add(ask(RESTORED, primed, true, taken, PRIMED, commits));
      rows.add(ask(ANOTHER, primed, false, taken, OTHER, commits));
      rows.add(ask("whole copy, restored", copy, true, taken, PRIMED, commits));
      System.out.print(primed.printed());
    }
    try (LambdaRuntime cold = start("dev.graft.replica.ReplicaFunction", false)) {
      rows.add(ask("cold start", cold, false, Lsn.ZERO, PRIMED, commits));
    }
    try (LambdaRuntime copy = start("dev.graft.replica.CopyFunction", false)) {
      rows.add(ask("whole copy, cold start", copy, false, Lsn.ZERO, PRIMED, commits));
    }
    return rows;
  }

  private LambdaRuntime start(String handler, boolean snapStart) throws IOException {
    return LambdaRuntime.start(
        handler + "::handleRequest",
        snapStart,
        environment(),
        folder.resolve("runtime-" + runs++ + ".log"));
  }

  private Row ask(
      String what, LambdaRuntime runtime, boolean restore, Lsn taken, int customer, int age)
      throws Exception {
    String sql = String.format(Locale.ROOT, QUERY, customer);
    door.seen();
    boolean cold = taken.equals(Lsn.ZERO);
    Map<String, Long> before = cold ? Map.of() : runtime.cpuNanos();
    if (restore) {
      runtime.restore();
    }
    UrlEvents.Got got = UrlEvents.got(runtime.invoke(UrlEvents.query("{\"sql\":\"" + sql + "\"}")));
    Duration cpu = runtime.cpuSince(before);
    Door.Seen seen = door.seen();
    if (got.status() != 200) {
      throw new IllegalStateException(got.body() + "\n" + runtime.printed());
    }
    String wanted = ofFullCopy(sql);
    if (!got.rows().equals(wanted)) {
      throw new IllegalStateException(what + " at age " + age + ": " + got.body() + "\n" + wanted);
    }
    Set<Long> touched;
    long changed;
    try (Replica fresh = shop.fresh()) {
      touched = TouchedPages.of(fresh, sql);
      changed =
          cold
              ? touched.size()
              : touched.stream().filter(fresh.diff(taken, shop.head()).pages()::contains).count();
    }
    return new Row(
        what,
        age,
        got.cost("changes"),
        seen.metadata(),
        seen.pages(),
        seen.metadataBytes() < 0 ? got.cost("bytes") - seen.pageBytes() : seen.metadataBytes(),
        seen.pageBytes(),
        changed,
        touched.size(),
        cpu);
  }

  /** The whole database as one object, under a key that comes before all older ones. */
  private void putCopy() throws IOException {
    String key = "copies/" + String.format(Locale.ROOT, "%016x", ~shop.head().value());
    store.putIfAbsent(new ObjectKey(key), wholeCopy(), Instant.MAX);
  }

  private byte[] wholeCopy() {
    try (Replica fresh = shop.fresh();
        Snapshot snapshot = fresh.snapshot()) {
      snapshot.hydrate(Progress.NONE);
      int pageBytes = fresh.pageSize().bytes();
      byte[] all = new byte[(int) snapshot.pageCount().value() * pageBytes];
      MemorySegment target = MemorySegment.ofArray(all);
      for (long page = 1; page <= snapshot.pageCount().value(); page++) {
        snapshot.read(page, 0, target, (page - 1) * pageBytes, pageBytes);
      }
      return all;
    }
  }

  /** What plain SQLite answers on a fresh copy of the whole. */
  private String ofFullCopy(String sql) throws Exception {
    Path copy = Files.createTempFile(folder, "full", ".db");
    Files.write(copy, wholeCopy());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = connection.createStatement()) {
      try (ResultSet check = statement.executeQuery("PRAGMA quick_check")) {
        if (!check.next() || !check.getString(1).equals("ok")) {
          throw new IllegalStateException("the copy is damaged");
        }
      }
      JsonRows rows = new JsonRows(1 << 20, false);
      try (ResultSet result = statement.executeQuery(sql)) {
        rows.columns(result);
        while (result.next()) {
          rows.row(result);
        }
      }
      Facts none =
          new Facts(
              0,
              Facts.Truncated.NO,
              Lsn.ZERO,
              Instant.EPOCH,
              Instant.EPOCH,
              false,
              new Facts.Cost(0, 0, 0, 0));
      return new UrlEvents.Got(
              200, new String(rows.finish(none), java.nio.charset.StandardCharsets.UTF_8))
          .rows();
    } finally {
      Files.delete(copy);
    }
  }

  /** Prints a table: the number of orders, then the ages. */
  static void print(int orders, int... ages) throws Exception {
    Path folder = Files.createTempDirectory("restore-trial");
    List<Row> rows = new ArrayList<>();
    try (RestoreTrial trial = begin(folder, orders)) {
      System.out.println(Files.size(trial.shop().file()) + " bytes of database");
      for (int age : ages) {
        List<Row> more = trial.age(age);
        more.forEach(row -> System.out.println(row.line()));
        rows.addAll(more);
      }
    }
    System.out.println(Row.HEAD);
    rows.forEach(row -> System.out.println(row.line()));
    RestoreTrialTest.check(rows);
  }

  @Override
  public void close() throws SQLException {
    shop.close();
    door.close();
  }
}
