package dev.graft.replica;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Writes rows in a format, within a bound of bytes. For one answer, on one thread. */
sealed interface RowWriter permits JsonRows, CsvRows {
  /** A writer of the format. */
  static RowWriter of(Query.Format format, int maxBytes, boolean bigIntegersAsText) {
    return switch (format) {
      case JSON -> new JsonRows(maxBytes, bigIntegersAsText);
      case CSV -> new CsvRows(maxBytes);
    };
  }

  /** Takes names and types of the columns; before the first row. */
  void columns(ResultSet rows) throws SQLException, IOException;

  /**
   * Takes the current row.
   *
   * @return false when it does not fit: then nothing of it stays
   */
  boolean row(ResultSet rows) throws SQLException, IOException;

  /** The whole body. */
  byte[] finish(Facts facts) throws IOException;

  /** The content type. */
  String contentType();
}
