package dev.graft.cli.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables, indexes and foreign keys of a SQLite database, with their sizes in its file.
 *
 * @param tables largest first; no views, virtual tables or shadows of these
 */
record Schema(List<Table> tables) {
  /**
   * A table.
   *
   * @param bytes pages of its own tree, in bytes
   * @param rowid the name by which its rowid can be asked for; null when it has none
   * @param primaryKey the columns of its declared primary key, in order; may be empty
   * @param indexes largest first; those that are whole and on plain columns
   * @param references its foreign keys
   */
  record Table(
      String name,
      long bytes,
      @Nullable String rowid,
      List<String> primaryKey,
      List<Index> indexes,
      List<Reference> references) {}

  /**
   * A secondary index.
   *
   * @param terms its columns as expressions with their collation, in order
   */
  record Index(String name, long bytes, List<Term> terms) {}

  /** A column of an index. */
  record Term(String column, String collation, boolean descending) {}

  /**
   * A foreign key.
   *
   * @param parent the table that it points at
   * @param from columns here
   * @param to columns there; empty for its primary key
   */
  record Reference(String parent, List<String> from, List<String> to) {}

  static Schema of(Connection db) throws SQLException {
    try (Statement statement = db.createStatement()) {
      Map<String, Long> bytes = sizes(statement);
      Map<String, Boolean> withoutRowid = new TreeMap<>();
      try (ResultSet row = statement.executeQuery("PRAGMA main.table_list")) {
        while (row.next()) {
          String name = row.getString("name");
          if (row.getString("type").equals("table") && !name.startsWith("sqlite_")) {
            withoutRowid.put(name, row.getBoolean("wr"));
          }
        }
      }
      List<Table> tables = new ArrayList<>();
      for (Map.Entry<String, Boolean> entry : withoutRowid.entrySet()) {
        tables.add(table(statement, entry.getKey(), entry.getValue(), bytes));
      }
      tables.sort(Comparator.comparingLong(Table::bytes).reversed());
      return new Schema(List.copyOf(tables));
    }
  }

  /** A table by its name, in whichever case. */
  Optional<Table> table(String name) {
    return tables.stream().filter(table -> table.name().equalsIgnoreCase(name)).findFirst();
  }

  /** A name as SQL takes it. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static Map<String, Long> sizes(Statement statement) throws SQLException {
    Map<String, Long> bytes = new HashMap<>();
    try (ResultSet row =
        statement.executeQuery("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE")) {
      while (row.next()) {
        bytes.put(row.getString(1), row.getLong(2));
      }
    }
    return bytes;
  }

  private static Table table(
      Statement statement, String name, boolean withoutRowid, Map<String, Long> bytes)
      throws SQLException {
    List<String> columns = new ArrayList<>();
    Map<Integer, String> key = new TreeMap<>();
    try (ResultSet row = statement.executeQuery("PRAGMA main.table_info(" + quoted(name) + ")")) {
      while (row.next()) {
        columns.add(row.getString("name").toLowerCase(Locale.ROOT));
        if (row.getInt("pk") > 0) {
          key.put(row.getInt("pk"), row.getString("name"));
        }
      }
    }
    String rowid =
        List.of("rowid", "_rowid_", "oid").stream()
            .filter(word -> !withoutRowid && !columns.contains(word))
            .findFirst()
            .orElse(null);
    return new Table(
        name,
        bytes.getOrDefault(name, 0L),
        rowid,
        List.copyOf(key.values()),
        indexes(statement, name, bytes),
        references(statement, name));
  }

  private static List<Index> indexes(Statement statement, String table, Map<String, Long> bytes)
      throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet row = statement.executeQuery("PRAGMA main.index_list(" + quoted(table) + ")")) {
      while (row.next()) {
        // The primary key of a table without rowids is the table itself.
        boolean isTable =
            row.getString("origin").equals("pk") && !bytes.containsKey(row.getString("name"));
        if (!isTable && !row.getBoolean("partial")) {
          names.add(row.getString("name"));
        }
      }
    }
    List<Index> indexes = new ArrayList<>();
    for (String name : names) {
      List<Term> terms = terms(statement, name);
      if (!terms.isEmpty()) {
        indexes.add(new Index(name, bytes.getOrDefault(name, 0L), terms));
      }
    }
    indexes.sort(Comparator.comparingLong(Index::bytes).reversed());
    return List.copyOf(indexes);
  }

  /** The columns of an index; none when one is an expression. */
  private static List<Term> terms(Statement statement, String index) throws SQLException {
    List<Term> terms = new ArrayList<>();
    try (ResultSet row = statement.executeQuery("PRAGMA main.index_xinfo(" + quoted(index) + ")")) {
      while (row.next()) {
        if (!row.getBoolean("key")) {
          continue;
        }
        String column = row.getString("name");
        if (column == null) {
          return List.of();
        }
        terms.add(new Term(column, row.getString("coll"), row.getBoolean("desc")));
      }
    }
    return List.copyOf(terms);
  }

  private static List<Reference> references(Statement statement, String table) throws SQLException {
    Map<Integer, String> parents = new TreeMap<>();
    Map<Integer, List<String>> from = new HashMap<>();
    Map<Integer, List<String>> to = new HashMap<>();
    try (ResultSet row =
        statement.executeQuery("PRAGMA main.foreign_key_list(" + quoted(table) + ")")) {
      while (row.next()) {
        int id = row.getInt("id");
        parents.put(id, row.getString("table"));
        from.computeIfAbsent(id, _ -> new ArrayList<>()).add(row.getString("from"));
        String target = row.getString("to");
        List<String> targets = to.computeIfAbsent(id, _ -> new ArrayList<>());
        if (target != null) {
          targets.add(target);
        }
      }
    }
    List<Reference> references = new ArrayList<>();
    for (Map.Entry<Integer, String> entry : parents.entrySet()) {
      references.add(
          new Reference(
              entry.getValue(),
              List.copyOf(from.getOrDefault(entry.getKey(), List.of())),
              List.copyOf(to.getOrDefault(entry.getKey(), List.of()))));
    }
    return List.copyOf(references);
  }
}
