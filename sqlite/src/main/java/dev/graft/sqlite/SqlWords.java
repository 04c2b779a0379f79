package dev.graft.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * The first words of a statement, as far as one has to know them to tell what it is for. Spaces and
 * comments are skipped; a word may be quoted in any way that SQLite allows.
 */
final class SqlWords {
  private final String sql;
  private int at;

  SqlWords(String sql) {
    this.sql = sql;
  }

  /** The next word, without its quotes, or one other character; null at the end. */
  @Nullable String next() {
    skip();
    if (at >= sql.length()) {
      return null;
    }
    char first = sql.charAt(at);
    if (isOfWord(first)) {
      int start = at;
      while (at < sql.length() && isOfWord(sql.charAt(at))) {
        at++;
      }
      return sql.substring(start, at);
    }
    return switch (first) {
      case '"', '\'', '`' -> quoted(first);
      case '[' -> quoted(']');
      default -> sql.substring(at, ++at);
    };
  }

  private static boolean isOfWord(char c) {
    return c == '_' || c == '$' || c > 0x7F || Character.isLetterOrDigit(c);
  }

  private String quoted(char end) {
    StringBuilder word = new StringBuilder();
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c != end) {
        word.append(c);
      } else if (end != ']' && at < sql.length() && sql.charAt(at) == end) {
        word.append(c);
        at++;
      } else {
        break;
      }
    }
    return word.toString();
  }

  private void skip() {
    while (at < sql.length()) {
      if (Character.isWhitespace(sql.charAt(at)) || sql.charAt(at) == '\uFEFF') {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        at = end < 0 ? sql.length() : end + 2;
      } else {
        return;
      }
    }
  }
}
