package dev.graft.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts text into SQL statements: at each semicolon that stands outside of strings, names, comments
 * and the body of a trigger.
 */
final class SqlText {
  private final List<String> statements = new ArrayList<>();
  private final String text;
  private int start;
  private int at;
  private boolean createSeen;
  private boolean trigger;
  private int words;
  private boolean afterSemicolon;
  private boolean endSeen;

  /** Whether anything but space and comments has come since the last semicolon. */
  private boolean hasCode;

  private SqlText(String text) {
    this.text = text;
  }

  /**
   * What was cut.
   *
   * @param statements without their semicolons; each has more than comments
   * @param rest what follows the last semicolon
   */
  record Cut(List<String> statements, String rest) {}

  static Cut cut(String text) {
    return new SqlText(text).cut();
  }

  private Cut cut() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"' || c == '`') {
        hasCode = true;
        skipQuoted(c);
      } else if (c == '[') {
        hasCode = true;
        skipPast("]");
      } else if (text.startsWith("--", at)) {
        skipPast("\n");
      } else if (text.startsWith("/*", at)) {
        skipPast("*/");
      } else if (Character.isLetter(c)) {
        word();
      } else {
        if (c == ';' && (!trigger || endSeen)) {
          finish(at);
          start = at + 1;
        }
        if (!Character.isWhitespace(c)) {
          hasCode |= c != ';';
          endSeen = false;
          afterSemicolon = c == ';';
        }
        at++;
      }
    }
    return new Cut(List.copyOf(statements), text.substring(Math.min(start, text.length())));
  }

  private void finish(int end) {
    String statement = text.substring(start, end).strip();
    if (hasCode) {
      statements.add(statement);
    }
    hasCode = false;
    createSeen = false;
    trigger = false;
    endSeen = false;
    words = 0;
  }

  private void word() {
    int from = at;
    hasCode = true;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    String word = text.substring(from, at).toUpperCase(Locale.ROOT);
    words++;
    if (words == 1) {
      createSeen = word.equals("CREATE");
    } else if (createSeen && words <= 3 && word.equals("TRIGGER")) {
      trigger = true;
    }
    // A trigger ends as SQLite's own shell has it: a semicolon, END, a semicolon.
    endSeen = afterSemicolon && word.equals("END");
    afterSemicolon = false;
  }

  private void skipQuoted(char quote) {
    int end = text.indexOf(quote, at + 1);
    at = end < 0 ? text.length() : end + 1;
    endSeen = false;
    afterSemicolon = false;
  }

  private void skipPast(String mark) {
    int end = text.indexOf(mark, at);
    at = end < 0 ? text.length() : end + mark.length();
  }
}
