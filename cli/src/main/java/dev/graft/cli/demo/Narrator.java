package dev.graft.cli.demo;

import dev.graft.cli.Terminal;
import java.util.Locale;

/** Tells what happens; keeps still when the answer is JSON. */
final class Narrator {
  private final Terminal terminal;
  private final boolean still;
  private int chapter;

  Narrator(Terminal terminal, boolean still) {
    this.terminal = terminal;
    this.still = still;
  }

  /** Begins the next part. */
  void chapter(String title) {
    chapter++;
    print("");
    print(terminal.strong(chapter + ". " + title));
  }

  /** Says a sentence. */
  void say(String format, Object... values) {
    print("   " + String.format(Locale.ROOT, format, values));
  }

  /** Says that something went as it should. */
  void well(String format, Object... values) {
    print("   " + terminal.good(String.format(Locale.ROOT, format, values)));
  }

  /** Says something beside. */
  void aside(String format, Object... values) {
    print("   " + terminal.dim(String.format(Locale.ROOT, format, values)));
  }

  private void print(String line) {
    if (!still) {
      terminal.line(line);
    }
  }

  /** Bytes as people read them: 512 bytes, 81.2 KB, 3.4 MB. */
  static String bytes(long bytes) {
    if (bytes < 10_000) {
      return String.format(Locale.ROOT, "%,d bytes", bytes);
    }
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f KB", bytes / 1e3);
    }
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  /** A number with its noun: 1 round, 3 rounds. */
  static String count(long number, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
  }

  /** Time in milliseconds. */
  static long millis(long nanos) {
    return Math.round(nanos / 1e6);
  }
}
