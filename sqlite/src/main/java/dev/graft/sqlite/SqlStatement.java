package dev.graft.sqlite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement as it was executed.
 *
 * @param sql its text
 * @param values what was bound to its parameters, in order: null, {@link Long}, {@link Double},
 *     {@link String} or {@code byte[]}, not to be changed
 */
record SqlStatement(String sql, List<@Nullable Object> values) {
  private static final int MOST_SHOWN = 120;

  /** About what it takes, in bytes. */
  long bytes() {
    long bytes = 2L * sql.length() + 16;
    for (Object value : values) {
      bytes +=
          switch (value) {
            case String text -> 2L * text.length() + 16;
            case byte[] blob -> blob.length + 16L;
            case null, default -> 16;
          };
    }
    return bytes;
  }

  /** Its text on one line, cut short. */
  String shown() {
    String line = sql.strip().replaceAll("\\s+", " ");
    return line.length() <= MOST_SHOWN ? line : line.substring(0, MOST_SHOWN) + "...";
  }
}
