package dev.graft.replica;

import dev.graft.protocol.error.GraftException;
import java.util.Locale;
import java.util.Set;

/**
 * Looks at a statement before SQLite does: what it begins with, and that nothing follows it, since
 * a driver would pass over that in silence. What the statement may do is decided by SQLite's
 * authorizer; this is the first of two nets.
 */
final class SqlText {
  private static final Set<String> BEGINNINGS =
      Set.of("SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA");

  private final String sql;
  private int at;

  private SqlText(String sql) {
    this.sql = sql;
  }

  /**
   * Refuses what is not exactly one statement that reads.
   *
   * @throws GraftException.Misuse with what to do instead
   */
  static void requireReading(String sql) {
    if (sql.indexOf('\0') >= 0) {
      throw new GraftException.Misuse("a statement has no character 0");
    }
    SqlText text = new SqlText(sql);
    String first = text.firstWord();
    if (!BEGINNINGS.contains(first)) {
      throw new GraftException.Misuse(
          "a read replica answers SELECT, WITH, VALUES, EXPLAIN and harmless PRAGMAs"
              + (first.isEmpty() ? "" : ", not " + first)
              + ": write to the volume elsewhere");
    }
    if (text.hasMore()) {
      throw new GraftException.Misuse("one statement at a time: send what follows ';' by itself");
    }
  }

  private String firstWord() {
    skipBlank();
    int start = at;
    while (at < sql.length() && Character.isLetter(sql.charAt(at))) {
      at++;
    }
    return sql.substring(start, at).toUpperCase(Locale.ROOT);
  }

  /** Whether anything but blanks, comments and semicolons follows the first semicolon. */
  private boolean hasMore() {
    while (at < sql.length() && sql.charAt(at) != ';') {
      step();
    }
    while (at < sql.length()) {
      int before = at;
      skipBlank();
      if (at < sql.length() && sql.charAt(at) == ';') {
        at++;
      }
      if (at == before) {
        return true;
      }
    }
    return false;
  }

  /** Passes a quoted text, a comment or one character. */
  private void step() {
    char c = sql.charAt(at);
    switch (c) {
      case '\'', '"', '`' -> passQuoted(c);
      case '[' -> passQuoted(']');
      default -> {
        int before = at;
        skipBlank();
        at += at == before ? 1 : 0;
      }
    }
  }

  /** A doubled quote ends one text and begins the next. */
  private void passQuoted(char end) {
    int close = sql.indexOf(end, at + 1);
    at = close < 0 ? sql.length() : close + 1;
  }

  private void skipBlank() {
    while (at < sql.length()) {
      if (Character.isWhitespace(sql.charAt(at))) {
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
