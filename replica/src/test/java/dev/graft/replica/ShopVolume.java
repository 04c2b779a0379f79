package dev.graft.replica;

import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.write.BulkImport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.sqlite.GraftDataSource;
import dev.graft.sqlite.SqliteFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Random;

/** A small shop's database as a volume in a store, imported from a file, and written to later. */
final class ShopVolume implements AutoCloseable {
  private static final PageSize PAGES = new PageSize(4096);
  private static final int SQL_ROWS_PER_ORDER = 2;

  private final ThreadConcurrency concurrency;
  private final RandomIdSource ids = new RandomIdSource(new Random(11));
  private final Path file;
  private final EngineRemote engine;
  private final VolumeId volume;
  private final Replica replica;
  private final GraftDataSource source;
  private final Connection writer;
  private final Random random = new Random(12);
  private final int orders;

  private ShopVolume(Path file, ObjectStore store, int orders, ThreadConcurrency concurrency)
      throws IOException, SQLException {
    this.concurrency = concurrency;
    this.file = file;
    this.orders = orders;
    // Rollups beside the commits would be there or not by chance.
    this.engine =
        new EngineRemote(
            store,
            store,
            concurrency,
            ids,
            new Random(13),
            EngineOptions.DEFAULT.withUpkeep(EngineOptions.Upkeep.INLINE));
    this.volume = ids.newVolumeId();
    engine.createVolume(new CreateVolume(volume, PAGES));
    importFile();
    this.replica = Replica.open(ReplicaOptions.inMemory(engine, volume, concurrency, ids));
    this.source = GraftDataSource.over(replica);
    this.writer = source.getConnection();
  }

  /** Makes the file and the volume. */
  static ShopVolume make(Path folder, ObjectStore store, int orders)
      throws IOException, SQLException {
    return make(folder, store, orders, new ThreadConcurrency(InstantSource.system()));
  }

  /** The same by another clock. */
  static ShopVolume make(Path folder, ObjectStore store, int orders, ThreadConcurrency concurrency)
      throws IOException, SQLException {
    Path file = folder.resolve("shop.db");
    try (Connection local = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = local.createStatement()) {
      sql.execute("PRAGMA page_size=4096");
      sql.execute("PRAGMA journal_mode=memory");
      sql.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT)");
      sql.execute(
          "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, state TEXT, total INTEGER,"
              + " note TEXT)");
      local.setAutoCommit(false);
      Random random = new Random(14);
      try (PreparedStatement insert =
              local.prepareStatement("INSERT INTO customers VALUES (?, ?, ?)");
          PreparedStatement order =
              local.prepareStatement("INSERT INTO orders VALUES (?, ?, ?, ?, ?)")) {
        int customers = Math.max(1, orders / 10);
        for (int i = 1; i <= customers; i++) {
          insert.setInt(1, i);
          insert.setString(2, "customer " + i);
          insert.setString(3, "city " + random.nextInt(500));
          insert.executeUpdate();
        }
        for (int i = 1; i <= orders; i++) {
          order.setInt(1, i);
          order.setInt(2, 1 + random.nextInt(customers));
          order.setString(3, "open");
          order.setInt(4, random.nextInt(100_000));
          order.setString(5, Long.toHexString(random.nextLong()).repeat(SQL_ROWS_PER_ORDER * 2));
          order.executeUpdate();
        }
      }
      local.commit();
      local.setAutoCommit(true);
      sql.execute("CREATE INDEX orders_customer ON orders (customer)");
    }
    return new ShopVolume(file, store, orders, concurrency);
  }

  private void importFile() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    SqliteFiles.Shape shape = SqliteFiles.check(file);
    long[] hot = SqliteFiles.hotPages(file).inPagesOf(shape.pageSize(), PAGES).ordered();
    new BulkImport(engine, concurrency, ids, 2)
        .run(
            new BulkImport.Plan(
                volume, PAGES, new PageCount(bytes.length / PAGES.bytes()), hot, "", ""),
            (first, pages, target) ->
                System.arraycopy(
                    bytes, (int) (first - 1) * PAGES.bytes(), target, 0, pages * PAGES.bytes()),
            BulkImport.Progress.NONE);
  }

  /** The volume. */
  VolumeId volume() {
    return volume;
  }

  /** The file that it was imported from. */
  Path file() {
    return file;
  }

  /** An engine beside it. */
  EngineRemote engine() {
    return engine;
  }

  /** The newest commit. */
  Lsn head() {
    return replica.status().position().lsn();
  }

  /** Makes so many commits, each of which changes one order somewhere. */
  void change(int commits) throws SQLException {
    try (PreparedStatement update =
        writer.prepareStatement("UPDATE orders SET state = ?, total = total + 1 WHERE id = ?")) {
      for (int i = 0; i < commits; i++) {
        update.setString(1, random.nextBoolean() ? "paid" : "sent");
        update.setInt(2, 1 + random.nextInt(orders));
        update.executeUpdate();
      }
    }
  }

  /** Commits what a statement does. */
  void run(String sql) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A fresh replica of it, which the caller closes. */
  Replica fresh() {
    return Replica.open(ReplicaOptions.inMemory(engine, volume, concurrency, ids));
  }

  @Override
  public void close() throws SQLException {
    writer.close();
    source.close();
    replica.close();
    engine.close();
  }
}
