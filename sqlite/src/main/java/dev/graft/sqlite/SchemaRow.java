package dev.graft.sqlite;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a row of {@code sqlite_schema}: type, name, table, root page. Trusts nothing. */
final class SchemaRow {
  private static final int COLUMNS = 4;

  private SchemaRow() {}

  /** The tree that a row tells of; null for views, triggers and nonsense. */
  static @Nullable Tree parse(byte[] record, Charset encoding) {
    BTreePage.Varint header = BTreePage.Varint.read(record, 0, record.length);
    int next = header.next();
    long at = header.value();
    String[] texts = new String[COLUMNS - 1];
    for (int i = 0; i < COLUMNS; i++) {
      BTreePage.Varint type = BTreePage.Varint.read(record, next, record.length);
      next = type.next();
      long length = SqliteRecord.contentBytes(type.value());
      if (length < 0 || at < 0 || length > record.length - at) {
        return null;
      }
      if (i < texts.length) {
        texts[i] = new String(record, (int) at, (int) length, encoding);
      } else {
        return tree(texts, integer(record, (int) at, (int) length, type.value()));
      }
      at += length;
    }
    return null;
  }

  private static long integer(byte[] record, int at, int length, long type) {
    if (type == 9) {
      return 1;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | record[at + i] & 0xFF;
    }
    return type >= 1 && type <= 6 ? value : 0;
  }

  private static @Nullable Tree tree(String[] texts, long root) {
    if (root < 2) {
      return null;
    }
    return switch (texts[0]) {
      case "table" -> new Tree(DatabaseDiff.Kind.TABLE, texts[1], "", root);
      case "index" -> new Tree(DatabaseDiff.Kind.INDEX, texts[1], texts[2], root);
      default -> null;
    };
  }

  /** The encoding that a header's number names. */
  static Charset encoding(int number) {
    return switch (number) {
      case 2 -> StandardCharsets.UTF_16LE;
      case 3 -> StandardCharsets.UTF_16BE;
      default -> StandardCharsets.UTF_8;
    };
  }
}
