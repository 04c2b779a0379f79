package dev.graft.cli.demo;

import static dev.graft.cli.demo.Schema.quoted;

import dev.graft.cli.demo.Schema.Reference;
import dev.graft.cli.demo.Schema.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chains of tables, each of which refers to the next by a foreign key. */
final class ForeignKeyChain {
  private static final int MAX_TABLES = 5;
  private static final int MAX_CHAINS = 10_000;
  private static final int MAX_ROWS = 100;

  private ForeignKeyChain() {}

  /**
   * A table of a chain.
   *
   * @param by the foreign key of the table before; null for the first table
   */
  record Step(Table table, @Nullable Reference by) {}

  /**
   * All chains of two tables or more: longest first, those of larger first tables before others.
   */
  static List<List<Step>> longestFirst(Schema schema) {
    List<List<Step>> chains = new ArrayList<>();
    for (Table table : schema.tables()) {
      extend(schema, List.of(new Step(table, null)), chains);
    }
    chains.sort(
        Comparator.<List<Step>>comparingInt(List::size)
            .thenComparingLong(chain -> chain.getFirst().table().bytes())
            .reversed());
    return chains;
  }

  private static void extend(Schema schema, List<Step> chain, List<List<Step>> chains) {
    if (chain.size() > 1) {
      chains.add(chain);
    }
    if (chain.size() == MAX_TABLES || chains.size() >= MAX_CHAINS) {
      return;
    }
    for (Reference reference : chain.getLast().table().references()) {
      Optional<Table> parent = schema.table(reference.parent());
      boolean again =
          parent.isPresent() && chain.stream().anyMatch(step -> step.table().equals(parent.get()));
      if (parent.isPresent() && !again && !targets(parent.get(), reference).isEmpty()) {
        List<Step> longer = new ArrayList<>(chain);
        longer.add(new Step(parent.get(), reference));
        extend(schema, List.copyOf(longer), chains);
      }
    }
  }

  /** The columns that a foreign key points at; none when they do not fit. */
  private static List<String> targets(Table parent, Reference reference) {
    List<String> to = reference.to().isEmpty() ? parent.primaryKey() : reference.to();
    return to.size() == reference.from().size() ? to : List.of();
  }

  /**
   * Asks for the row in the middle of the first table and all that it refers to.
   *
   * @param rows of the first table
   * @return null when the first table has no row, or none that can be named
   */
  static @Nullable Question question(Statement statement, List<Step> chain, long rows)
      throws SQLException {
    Table first = chain.getFirst().table();
    List<String> names =
        first.rowid() != null
            ? List.of(first.rowid())
            : first.primaryKey().stream().map(Schema::quoted).toList();
    if (names.isEmpty() || rows == 0) {
      return null;
    }
    List<@Nullable Object> key = new ArrayList<>();
    String list = String.join(", ", names);
    try (ResultSet row =
        statement.executeQuery(
            "SELECT "
                + list
                + " FROM "
                + quoted(first.name())
                + " ORDER BY "
                + list
                + " LIMIT 1 OFFSET "
                + rows / 2)) {
      if (!row.next()) {
        return null;
      }
      for (int i = 1; i <= names.size(); i++) {
        key.add(row.getObject(i));
      }
    }
    String where =
        names.stream().map(name -> "t1." + name + " IS ?").collect(Collectors.joining(" AND "));
    return new Question(
        joined(chain) + " WHERE " + where + " LIMIT " + MAX_ROWS,
        key,
        String.format(
            Locale.ROOT,
            "a row in the middle of %s and what it refers to, over %d tables: %s",
            first.name(),
            chain.size(),
            chain.stream().map(step -> step.table().name()).collect(Collectors.joining(" -> "))));
  }

  private static String joined(List<Step> chain) {
    StringBuilder columns = new StringBuilder("SELECT t1.*");
    StringBuilder from =
        new StringBuilder(" FROM " + quoted(chain.getFirst().table().name()) + " AS t1");
    for (int i = 1; i < chain.size(); i++) {
      Step step = chain.get(i);
      Reference by = java.util.Objects.requireNonNull(step.by());
      String here = "t" + (i + 1);
      columns.append(", ").append(here).append(".*");
      // A left join keeps the order of the tables, and the row when a reference is null.
      from.append(" LEFT JOIN ").append(quoted(step.table().name())).append(" AS ").append(here);
      List<String> to = targets(step.table(), by);
      for (int c = 0; c < to.size(); c++) {
        from.append(c == 0 ? " ON " : " AND ")
            .append(here + "." + quoted(to.get(c)) + " = t" + i + "." + quoted(by.from().get(c)));
      }
    }
    return columns.append(from).toString();
  }
}
