package dev.graft.bench.cold;

import dev.graft.cli.demo.Question;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query that a replica with nothing is asked.
 *
 * @param name what the table calls it
 * @param question null for opening alone
 * @param limits what is to be reached, for people
 * @param maxRounds the most rounds that are within the limit; 0 for none
 * @param hotPagesLater whether the row is asked once more without fetching hot pages ahead
 */
record ColdRow(
    String name, @Nullable Question question, String limits, int maxRounds, boolean hotPagesLater) {
  private static final String JOIN =
      "SELECT o.id, c.name, i.quantity, i.price_cents, p.title, g.name FROM orders o"
          + " JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.order_id = o.id"
          + " JOIN products p ON p.id = i.product_id JOIN categories g ON g.id = p.category_id"
          + " WHERE ";

  /** All rows, with keys from the middle of the shop's database. */
  static List<ColdRow> of(Connection db) throws SQLException {
    long order =
        number(
            db,
            "SELECT id FROM orders ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 2 FROM orders)");
    String sku =
        text(
            db,
            "SELECT sku FROM products ORDER BY sku LIMIT 1 OFFSET (SELECT count(*) / 2 FROM products)");
    long orderOfFour =
        number(
            db,
            "SELECT o.id FROM orders o WHERE o.id >= "
                + order
                + " AND (SELECT count(*) FROM order_items WHERE order_id = o.id) = 4"
                + " ORDER BY o.id LIMIT 1");
    String email =
        text(
            db,
            "SELECT c.email FROM customers c WHERE c.email >= (SELECT email FROM customers"
                + " ORDER BY email LIMIT 1 OFFSET (SELECT count(*) / 2 FROM customers))"
                + " AND (SELECT count(*) FROM orders WHERE customer_id = c.id) = 5"
                + " AND (SELECT count(*) FROM orders o JOIN order_items i ON i.order_id = o.id"
                + " WHERE o.customer_id = c.id) = 16 ORDER BY c.email LIMIT 1");
    long from =
        number(
            db,
            "SELECT placed_at FROM orders ORDER BY placed_at LIMIT 1 OFFSET (SELECT count(*) / 2 FROM orders)");
    long to =
        number(
            db,
            "SELECT placed_at FROM orders WHERE placed_at >= "
                + from
                + " ORDER BY placed_at LIMIT 1 OFFSET 999");
    long product =
        number(
            db,
            "SELECT product_id FROM reviews GROUP BY product_id HAVING count(*) >= 20"
                + " ORDER BY abs(product_id - (SELECT max(id) / 2 FROM products)), product_id LIMIT 1");
    return List.of(
        new ColdRow("open", null, "1 request, <= 256 KiB, <= 72 object reads", 1, false),
        row(
            "rowid",
            "<= 3 rounds; <= 300 KB without the hot pages' pack, <= 4 MB with it",
            3,
            "SELECT id, status, total_cents FROM orders WHERE id = ?",
            order),
        row(
            "secondary index",
            "<= 4 rounds; the same + 100 KB",
            4,
            "SELECT id, title, price_cents FROM products WHERE sku = ?",
            sku),
        row("join, one order", "<= 11 rounds", 11, JOIN + "o.id = ?", orderOfFour),
        row("join, one customer", "<= 32 rounds, <= 6 MB", 32, JOIN + "c.email = ?", email),
        row(
            "index range, 1,000 rows",
            "none",
            0,
            "SELECT count(*), sum(total_cents) FROM orders WHERE placed_at BETWEEN ? AND ?",
            from,
            to),
        row(
            "20 scattered rows",
            "<= 8 rounds",
            8,
            "SELECT id, rating, body FROM reviews WHERE product_id = ? ORDER BY created_at DESC"
                + " LIMIT 20",
            product));
  }

  /** Reads every row of every table. */
  static ColdRow scan() {
    return new ColdRow(
        "full scan",
        new Question(
            "SELECT (SELECT total(length(email) + length(about)) FROM customers NOT INDEXED),"
                + " (SELECT total(length(street)) FROM addresses NOT INDEXED),"
                + " (SELECT total(length(name)) FROM categories NOT INDEXED),"
                + " (SELECT total(length(description)) FROM products NOT INDEXED),"
                + " (SELECT total(length(note)) FROM orders NOT INDEXED),"
                + " (SELECT total(price_cents) FROM order_items NOT INDEXED),"
                + " (SELECT total(length(body)) FROM reviews NOT INDEXED)",
            List.of(),
            "every row of every table"),
        "<= 64 GETs per GiB, at least 8 in flight",
        0,
        false);
  }

  /** The bytes of the tables that the scan reads. */
  static long scannedBytes(Connection db) throws SQLException {
    return number(
        db,
        "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN ('customers',"
            + " 'addresses', 'categories', 'products', 'orders', 'order_items', 'reviews')");
  }

  private static ColdRow row(
      String name, String limits, int maxRounds, String sql, Object... arguments) {
    List<@Nullable Object> values = new ArrayList<>(Arrays.asList(arguments));
    return new ColdRow(name, new Question(sql, values, name), limits, maxRounds, true);
  }

  private static long number(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      if (!row.next()) {
        throw new IllegalStateException("the database has no row for: " + sql);
      }
      return row.getLong(1);
    }
  }

  private static String text(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      if (!row.next()) {
        throw new IllegalStateException("the database has no row for: " + sql);
      }
      return row.getString(1);
    }
  }
}
