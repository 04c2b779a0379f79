package dev.graft.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * The outline of a record of an index: where its first column lies and which integer its last one
 * is. See <a href="https://sqlite.org/fileformat2.html#record_format">the record format</a>.
 *
 * @param firstColumnAt offset of the first column's content
 * @param firstColumnBytes its length as far as it lies in the page
 * @param lastAt offset of the last column's content
 * @param lastType the last column's serial type
 * @param end where the part in the page ends
 */
record SqliteRecord(int firstColumnAt, int firstColumnBytes, long lastAt, long lastType, int end) {
  /** More columns than an index can have. */
  private static final int MAX_COLUMNS = 2_001;

  /** Reads the header of a record of which that many bytes lie at that place; null for nonsense. */
  static @Nullable SqliteRecord parse(byte[] bytes, int at, int length) {
    int end = at + length;
    BTreePage.Varint header = BTreePage.Varint.read(bytes, at, end);
    if (header.value() < 3 || header.value() > length) {
      return null;
    }
    int headerEnd = at + (int) header.value();
    int next = header.next();
    long content = headerEnd;
    long type = 0;
    long typeAt = content;
    long firstBytes = 0;
    int columns = 0;
    while (next < headerEnd) {
      BTreePage.Varint column = BTreePage.Varint.read(bytes, next, headerEnd);
      type = column.value();
      long columnBytes = contentBytes(type);
      if (columnBytes < 0 || ++columns > MAX_COLUMNS) {
        return null;
      }
      if (columns == 1) {
        firstBytes = columnBytes;
      }
      typeAt = content;
      content += columnBytes;
      if (content < 0) {
        // Columns of more than 2^63 bytes.
        return null;
      }
      next = column.next();
    }
    return columns < 2
        ? null
        : new SqliteRecord(
            headerEnd, (int) Math.min(firstBytes, end - headerEnd), typeAt, type, end);
  }

  /** The last column as an integer, or {@link IndexLeaf#NO_ROW}. */
  long lastInteger(byte[] bytes) {
    if (lastType == 8 || lastType == 9) {
      return lastType - 8;
    }
    if (lastType < 1 || lastType > 6) {
      return IndexLeaf.NO_ROW;
    }
    int length = (int) contentBytes(lastType);
    if (lastAt > end - length) {
      return IndexLeaf.NO_ROW;
    }
    int at = (int) lastAt;
    long value = bytes[at];
    for (int i = 1; i < length; i++) {
      value = value << 8 | bytes[at + i] & 0xFF;
    }
    return value;
  }

  /** How long the content of a column of a serial type is; -1 for a type that cannot be. */
  static long contentBytes(long type) {
    if (type >= 12) {
      return (type - 12) / 2;
    }
    return switch ((int) type) {
      case 0, 8, 9 -> 0;
      case 1, 2, 3, 4 -> type;
      case 5 -> 6;
      case 6, 7 -> 8;
      default -> -1;
    };
  }
}
