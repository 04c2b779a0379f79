package dev.graft.cli.demo;

import dev.graft.cli.Progress;
import dev.graft.cli.Terminal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes the database of a shop: customers, addresses, categories, products, orders, their items,
 * reviews. Rows go in by time, as a shop would make them, so that an index on a foreign key is
 * scattered over its table. The same size gives the same rows.
 */
final class ShopDatabase {
  /** Of rows at full size; the file then has about 250 MB. */
  static final double FULL = 1.15;

  private static final long SEED = 20_260_617L;
  private static final int FIRST_DAY = 1_600_000_000;
  private static final int BATCH = 5_000;

  private static final String[] TABLES = {
    "CREATE TABLE customers(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        + " country TEXT NOT NULL, created_at INTEGER NOT NULL, about TEXT)",
    "CREATE TABLE addresses(id INTEGER PRIMARY KEY,"
        + " customer_id INTEGER NOT NULL REFERENCES customers(id), street TEXT, city TEXT, zip TEXT)",
    "CREATE TABLE categories(id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        + " parent_id INTEGER REFERENCES categories(id))",
    "CREATE TABLE products(id INTEGER PRIMARY KEY,"
        + " category_id INTEGER NOT NULL REFERENCES categories(id), sku TEXT NOT NULL UNIQUE,"
        + " title TEXT NOT NULL, description TEXT, price_cents INTEGER NOT NULL,"
        + " stock INTEGER NOT NULL)",
    "CREATE TABLE orders(id INTEGER PRIMARY KEY,"
        + " customer_id INTEGER NOT NULL REFERENCES customers(id),"
        + " address_id INTEGER NOT NULL REFERENCES addresses(id), status TEXT NOT NULL,"
        + " placed_at INTEGER NOT NULL, total_cents INTEGER NOT NULL, note TEXT)",
    "CREATE TABLE order_items(id INTEGER PRIMARY KEY,"
        + " order_id INTEGER NOT NULL REFERENCES orders(id),"
        + " product_id INTEGER NOT NULL REFERENCES products(id), quantity INTEGER NOT NULL,"
        + " price_cents INTEGER NOT NULL)",
    "CREATE TABLE reviews(id INTEGER PRIMARY KEY,"
        + " product_id INTEGER NOT NULL REFERENCES products(id),"
        + " customer_id INTEGER NOT NULL REFERENCES customers(id), rating INTEGER NOT NULL,"
        + " body TEXT NOT NULL, created_at INTEGER NOT NULL)",
  };

  private static final String[] INDEXES = {
    "CREATE INDEX addresses_customer ON addresses(customer_id)",
    "CREATE INDEX products_category ON products(category_id, price_cents)",
    "CREATE INDEX orders_customer ON orders(customer_id, placed_at)",
    "CREATE INDEX orders_placed ON orders(placed_at)",
    "CREATE INDEX items_order ON order_items(order_id)",
    "CREATE INDEX items_product ON order_items(product_id)",
    "CREATE INDEX reviews_product ON reviews(product_id, created_at)",
    "CREATE INDEX reviews_customer ON reviews(customer_id)",
  };

  private final Connection db;
  private final Words words = new Words(new SplittableRandom(SEED));
  private final Progress progress;
  private final int customers;
  private final int addresses;
  private final int products;
  private final int orders;
  private final int reviews;
  private final long rowsInAll;
  private long rows;

  private ShopDatabase(Connection db, double scale, Progress progress) {
    this.db = db;
    this.progress = progress;
    this.customers = (int) (60_000 * scale);
    this.addresses = (int) (78_000 * scale);
    this.products = (int) (25_000 * scale);
    this.orders = (int) (250_000 * scale);
    this.reviews = (int) (300_000 * scale);
    // An order has 2.7 items in the mean.
    this.rowsInAll = customers + addresses + products + (long) (3.7 * orders) + reviews;
  }

  /**
   * Makes the file unless it is there. Atomic: it appears whole.
   *
   * @param scale of rows; {@link #FULL} for the demonstration, less for tests
   */
  static void make(Path file, double scale, Terminal terminal) throws IOException, SQLException {
    if (Files.exists(file)) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    Path unfinished = Files.createTempFile(folder, "shop", ".unfinished");
    try {
      try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + unfinished);
          Progress progress = terminal.progress("writing a shop's database", "rows")) {
        new ShopDatabase(db, scale, progress).write();
      }
      try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private void write() throws SQLException {
    try (Statement statement = db.createStatement()) {
      statement.execute("PRAGMA page_size = 4096");
      statement.execute("PRAGMA journal_mode = OFF");
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA cache_size = -200000");
      for (String table : TABLES) {
        statement.execute(table);
      }
      db.setAutoCommit(false);
      categories();
      customers();
      addresses();
      products();
      orders();
      reviews();
      db.commit();
      for (String index : INDEXES) {
        statement.execute(index);
        db.commit();
      }
      statement.execute("ANALYZE");
      db.commit();
    }
  }

  private void categories() throws SQLException {
    try (Rows to = new Rows("INSERT INTO categories VALUES(?,?,?)")) {
      for (int i = 1; i <= 300; i++) {
        to.add(i, words.some(1, 2), i <= 20 ? null : words.number(1, 20));
      }
    }
  }

  private void customers() throws SQLException {
    try (Rows to = new Rows("INSERT INTO customers VALUES(?,?,?,?,?,?)")) {
      for (int i = 1; i <= customers; i++) {
        String email = words.one() + "." + words.one() + i + "@" + words.one() + ".example";
        String country = words.of("DE", "FR", "US", "GB", "JP", "BR", "IN", "SE");
        to.add(i, email, words.some(2, 3), country, FIRST_DAY + i * 900, words.some(5, 40));
      }
    }
  }

  private void addresses() throws SQLException {
    try (Rows to = new Rows("INSERT INTO addresses VALUES(?,?,?,?,?)")) {
      for (int i = 1; i <= addresses; i++) {
        String street = words.number(1, 999) + " " + words.some(1, 3) + " street";
        String zip = Integer.toString(words.number(10_000, 99_999));
        to.add(i, (i - 1) % customers + 1, street, words.one(), zip);
      }
    }
  }

  private void products() throws SQLException {
    try (Rows to = new Rows("INSERT INTO products VALUES(?,?,?,?,?,?,?)")) {
      for (int i = 1; i <= products; i++) {
        String sku = String.format(java.util.Locale.ROOT, "SKU-%09d", i * 7919L % 100_000_007L);
        int category = words.number(1, 300);
        int price = words.number(99, 99_999);
        to.add(
            i, category, sku, words.some(3, 8), words.some(30, 150), price, words.number(0, 500));
      }
    }
  }

  private void orders() throws SQLException {
    int[] itemsOfAnOrder = {1, 1, 2, 2, 3, 4, 6};
    int item = 0;
    try (Rows order = new Rows("INSERT INTO orders VALUES(?,?,?,?,?,?,?)");
        Rows items = new Rows("INSERT INTO order_items VALUES(?,?,?,?,?)")) {
      for (int i = 1; i <= orders; i++) {
        int customer = words.skewed(customers, 1.5) + 1;
        int second = customer + customers;
        int address = second <= addresses && words.number(1, 5) == 1 ? second : customer;
        int total = 0;
        for (int n = itemsOfAnOrder[words.number(0, 6)]; n > 0; n--) {
          int quantity = words.number(1, 4);
          int price = words.number(99, 99_999);
          total += quantity * price;
          items.add(++item, i, words.skewed(products, 2) + 1, quantity, price);
        }
        String status = words.of("new", "paid", "shipped", "done", "done", "done");
        String note = words.number(0, 1) == 0 ? null : words.some(3, 25);
        order.add(i, customer, address, status, FIRST_DAY + i * 200, total, note);
      }
    }
  }

  private void reviews() throws SQLException {
    try (Rows to = new Rows("INSERT INTO reviews VALUES(?,?,?,?,?,?)")) {
      for (int i = 1; i <= reviews; i++) {
        int product = words.skewed(products, 2) + 1;
        int customer = words.number(1, customers);
        to.add(i, product, customer, words.number(1, 5), words.some(10, 90), FIRST_DAY + i * 170);
      }
    }
  }

  /** Inserts rows in batches. */
  private final class Rows implements AutoCloseable {
    private final PreparedStatement insert;
    private int waiting;

    Rows(String sql) throws SQLException {
      this.insert = db.prepareStatement(sql);
    }

    void add(@Nullable Object... values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        switch (values[i]) {
          case null -> insert.setNull(i + 1, Types.NULL);
          case Integer number -> insert.setInt(i + 1, number);
          case Object text -> insert.setString(i + 1, text.toString());
        }
      }
      insert.addBatch();
      rows++;
      if (++waiting == BATCH) {
        insert.executeBatch();
        waiting = 0;
        progress.at(rows, rowsInAll);
      }
    }

    @Override
    public void close() throws SQLException {
      try (insert) {
        insert.executeBatch();
      }
    }
  }
}
