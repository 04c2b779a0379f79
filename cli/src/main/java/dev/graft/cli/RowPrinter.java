package dev.graft.cli;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints the rows of an answer. */
final class RowPrinter {
  /** How rows look. */
  enum Format {
    /** Columns under their names. */
    TABLE,
    /** RFC 4180, with a line of names. */
    CSV,
    /** One JSON array of objects a statement. */
    JSON
  }

  /** The widths of columns are those of the first rows; later ones may stand out. */
  private static final int ROWS_MEASURED = 500;

  private static final int WIDEST = 60;

  private final Terminal terminal;
  private final Format format;

  RowPrinter(Terminal terminal, Format format) {
    this.terminal = terminal;
    this.format = format;
  }

  /**
   * Prints all rows.
   *
   * @return how many there were
   */
  long print(ResultSet rows) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      names.add(rows.getMetaData().getColumnLabel(i));
    }
    return switch (format) {
      case TABLE -> printTable(names, rows);
      case CSV -> printCsv(names, rows);
      case JSON -> printJson(names, rows);
    };
  }

  private long printTable(List<String> names, ResultSet rows) throws SQLException {
    List<List<String>> measured = new ArrayList<>();
    int[] widths = names.stream().mapToInt(String::length).toArray();
    boolean more = false;
    while (measured.size() < ROWS_MEASURED && (more = rows.next())) {
      List<String> row = texts(rows, names.size());
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, row.get(i).length()));
      }
      measured.add(row);
    }
    terminal.line(terminal.strong(columns(names, widths)));
    terminal.line(terminal.dim(columns(rules(widths), widths)));
    measured.forEach(row -> terminal.line(columns(row, widths)));
    long count = measured.size();
    while (more && rows.next()) {
      terminal.line(columns(texts(rows, names.size()), widths));
      count++;
    }
    return count;
  }

  private static List<String> rules(int[] widths) {
    List<String> rules = new ArrayList<>();
    for (int width : widths) {
      rules.add("-".repeat(width));
    }
    return rules;
  }

  private static String columns(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i == 0 ? "" : "  ").append(row.get(i));
      line.append(" ".repeat(Math.max(0, widths[i] - row.get(i).length())));
    }
    return line.toString().stripTrailing();
  }

  private static List<String> texts(ResultSet rows, int columns) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      String text = text(rows.getObject(i));
      texts.add(text == null ? "NULL" : text.replaceAll("\\R", " "));
    }
    return texts;
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
      default -> value.toString();
    };
  }

  private long printCsv(List<String> names, ResultSet rows) throws SQLException {
    terminal.line(String.join(",", names.stream().map(RowPrinter::csv).toList()));
    long count = 0;
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= names.size(); i++) {
        String text = text(rows.getObject(i));
        row.add(text == null ? "" : csv(text));
      }
      terminal.line(String.join(",", row));
      count++;
    }
    return count;
  }

  private static String csv(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain && !text.isEmpty() ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private long printJson(List<String> names, ResultSet rows) throws SQLException {
    long count = 0;
    terminal.line("[");
    String waiting = null;
    while (rows.next()) {
      if (waiting != null) {
        terminal.line(waiting + ",");
      }
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      for (int i = 1; i <= names.size(); i++) {
        row.put(names.get(i - 1), rows.getObject(i));
      }
      waiting = JsonText.compact(row);
      count++;
    }
    if (waiting != null) {
      terminal.line(waiting);
    }
    terminal.line("]");
    return count;
  }
}
