package dev.graft.sqlite;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Short ways to ask a database. */
final class Sql {
  private Sql() {}

  static Connection open(String url) throws SQLException {
    return DriverManager.getConnection(url);
  }

  /** All rows, columns joined by a bar. */
  static List<String> rows(Statement statement, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          Object value = result.getObject(i);
          row.append(i == 1 ? "" : "|")
              .append(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  /** Inserts rows of about 100 bytes. */
  static void fill(Statement statement, String table, int rows) throws SQLException {
    statement.execute(
        "with recursive n(i) as (select 1 union all select i+1 from n where i<"
            + rows
            + ") insert into "
            + table
            + " select printf('%0100d', i) from n");
  }

  /** The schema and all rows of all tables, in an order that does not depend on the file. */
  static List<String> dump(Statement statement) throws SQLException {
    List<String> dump =
        new ArrayList<>(
            rows(
                statement,
                "select type, name, tbl_name, sql from sqlite_schema where name not like 'sqlite_%'"
                    + " order by type, name"));
    for (String table :
        rows(
            statement,
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order"
                + " by name")) {
      List<String> content = new ArrayList<>(rows(statement, "select * from \"" + table + "\""));
      content.sort(null);
      dump.add(table + ": " + content);
    }
    return dump;
  }

  /** As {@link #dump}, with the rows of a table told by their number and a hash. */
  static List<String> digest(Statement statement) throws SQLException {
    List<String> digest = new ArrayList<>();
    for (String line : dump(statement)) {
      boolean rows = line.endsWith("]");
      digest.add(
          rows
              ? line.substring(0, line.indexOf(' '))
                  + line.chars().filter(c -> c == '|').count()
                  + " "
                  + line.hashCode()
              : line);
    }
    return digest;
  }
}
