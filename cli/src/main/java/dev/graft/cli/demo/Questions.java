package dev.graft.cli.demo;

import static dev.graft.cli.demo.Schema.quoted;

import dev.graft.cli.demo.Question.Picked;
import dev.graft.cli.demo.Schema.Index;
import dev.graft.cli.demo.Schema.Table;
import dev.graft.cli.demo.Schema.Term;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The questions that fit a database that nobody has seen before.
 *
 * @param rowid the row in the middle of the largest rowid table, by its rowid
 * @param index the row at the middle key of the largest secondary index of any table
 * @param join a row in the middle of a table with all that it refers to, along the longest chain of
 *     foreign keys
 */
record Questions(Picked rowid, Picked index, Picked join) {

  static Questions of(Connection db) throws SQLException {
    Schema schema = Schema.of(db);
    try (Statement statement = db.createStatement()) {
      return new Questions(
          rowid(statement, schema), index(statement, schema), join(statement, schema));
    }
  }

  private static Picked rowid(Statement statement, Schema schema) throws SQLException {
    for (Table table : schema.tables()) {
      Object rowid = table.rowid() == null ? null : middleRowid(statement, table);
      if (rowid != null) {
        return new Picked.Asked(
            new Question(
                "SELECT * FROM " + quoted(table.name()) + " WHERE " + table.rowid() + " = ?",
                List.of(rowid),
                String.format(
                    Locale.ROOT,
                    "the row with rowid %s, in the middle of the largest table, %s",
                    rowid,
                    table.name())));
      }
    }
    return new Picked.None("the database has no table with rowids and rows");
  }

  private static Picked index(Statement statement, Schema schema) throws SQLException {
    record Candidate(Table table, Index index) {}
    List<Candidate> candidates = new ArrayList<>();
    for (Table table : schema.tables()) {
      table.indexes().forEach(index -> candidates.add(new Candidate(table, index)));
    }
    candidates.sort((a, b) -> Long.compare(b.index().bytes(), a.index().bytes()));
    for (Candidate candidate : candidates) {
      Question question = atMiddleKey(statement, candidate.table(), candidate.index());
      if (question != null) {
        return new Picked.Asked(question);
      }
    }
    return new Picked.None("the database has no secondary index with entries on plain columns");
  }

  private static @Nullable Question atMiddleKey(Statement statement, Table table, Index index)
      throws SQLException {
    String from = " FROM " + quoted(table.name()) + " INDEXED BY " + quoted(index.name());
    String columns = joined(index, ", ", term -> quoted(term.column()));
    String order = joined(index, ", ", term -> collated(term) + (term.descending() ? " DESC" : ""));
    long rows = count(statement, table);
    List<@Nullable Object> key = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT " + columns + from + " ORDER BY " + order + " LIMIT 1 OFFSET " + rows / 2)) {
      if (!row.next()) {
        return null;
      }
      for (int i = 1; i <= index.terms().size(); i++) {
        key.add(row.getObject(i));
      }
    } catch (SQLException unusable) {
      // A collation that this SQLite does not know, for example: another index will do.
      return null;
    }
    return new Question(
        "SELECT *"
            + from
            + " WHERE "
            + joined(index, " AND ", term -> collated(term) + " IS ?")
            + " LIMIT 1",
        key,
        String.format(
            Locale.ROOT,
            "a row of %s by the middle key of the largest secondary index, %s",
            table.name(),
            index.name()));
  }

  private static String collated(Term term) {
    return quoted(term.column()) + " COLLATE " + quoted(term.collation());
  }

  private static String joined(
      Index index, String between, java.util.function.Function<Term, String> text) {
    return index.terms().stream().map(text).collect(Collectors.joining(between));
  }

  private static Picked join(Statement statement, Schema schema) throws SQLException {
    for (List<ForeignKeyChain.Step> chain : ForeignKeyChain.longestFirst(schema)) {
      Table first = chain.getFirst().table();
      Question question = ForeignKeyChain.question(statement, chain, count(statement, first));
      if (question != null) {
        return new Picked.Asked(question);
      }
    }
    return new Picked.None("the database has no foreign key from a table with rows");
  }

  private static @Nullable Object middleRowid(Statement statement, Table table)
      throws SQLException {
    String rowid = table.rowid();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT "
                + rowid
                + " FROM "
                + quoted(table.name())
                + " ORDER BY "
                + rowid
                + " LIMIT 1 OFFSET "
                + count(statement, table) / 2)) {
      return row.next() ? row.getObject(1) : null;
    }
  }

  private static long count(Statement statement, Table table) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + quoted(table.name()))) {
      return row.getLong(1);
    }
  }
}
