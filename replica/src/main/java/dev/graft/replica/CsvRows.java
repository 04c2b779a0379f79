package dev.graft.replica;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Rows as CSV (RFC 4180), names first. NULL is nothing, an empty text is a pair of quotes, a blob
 * is base 64.
 */
final class CsvRows implements RowWriter {
  private static final String END = "\r\n";

  private final int maxBytes;
  private final CutBytes rows = new CutBytes();
  private int columns;

  CsvRows(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void columns(ResultSet result) throws SQLException {
    ResultSetMetaData about = result.getMetaData();
    columns = about.getColumnCount();
    StringBuilder line = new StringBuilder();
    for (int i = 1; i <= columns; i++) {
      line.append(i == 1 ? "" : ",").append(quoted(about.getColumnLabel(i)));
    }
    rows.writeBytes(line.append(END).toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean row(ResultSet result) throws SQLException {
    StringBuilder line = new StringBuilder();
    for (int i = 1; i <= columns; i++) {
      line.append(i == 1 ? "" : ",").append(value(result.getObject(i)));
    }
    byte[] bytes = line.append(END).toString().getBytes(StandardCharsets.UTF_8);
    if (rows.size() + bytes.length > maxBytes) {
      return false;
    }
    rows.writeBytes(bytes);
    return true;
  }

  private static String value(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Number number -> number.toString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      default -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> c == '"' || c == ',' || c < ' ');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  @Override
  public byte[] finish(Facts facts) {
    return rows.toByteArray();
  }

  @Override
  public String contentType() {
    return "text/csv; charset=utf-8; header=present";
  }
}
