package dev.graft.sqlite;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What a row of sqlite_schema says of a table or an index.
 *
 * @param type {@code table} or {@code index}; others have no tree
 * @param name as it was created
 * @param root the first page of its tree
 */
record TreeEntry(String type, String name, long root) {
  private static final int TYPE = 0;
  private static final int NAME = 1;
  private static final int ROOT = 3;

  /** Reads a record, of which the first four columns have to be here; root 0 for nonsense. */
  static TreeEntry of(byte[] record, Charset encoding) {
    long[] types = HotPageWalk.types(record);
    return new TreeEntry(
        text(record, types, TYPE, encoding),
        text(record, types, NAME, encoding),
        types.length > ROOT ? HotPageWalk.rootPage(record) : 0);
  }

  /** The encoding that a file's header tells. */
  static Charset encoding(byte[] header) {
    return switch (header[59]) {
      case 2 -> StandardCharsets.UTF_16LE;
      case 3 -> StandardCharsets.UTF_16BE;
      default -> StandardCharsets.UTF_8;
    };
  }

  private static String text(byte[] record, long[] types, int column, Charset encoding) {
    long at = HotPageWalk.column(record, types, column);
    long length = HotPageWalk.contentBytes(types[column]);
    boolean isText = types[column] >= 13 && types[column] % 2 == 1;
    return isText && at >= 0 && at <= record.length - length
        ? new String(record, (int) at, (int) length, encoding)
        : "";
  }
}
