package dev.graft.sqlite;

import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.ffi.Sqlite3;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which result code of SQLite tells a failure best. */
final class Failures {
  private static final int MAX_CAUSES = 16;

  private Failures() {}

  /**
   * The result code.
   *
   * @param code what the place of the failure suggests, when the cause says nothing better
   */
  static int code(Throwable cause, int code) {
    if (wasInterrupted(cause)) {
      return Sqlite3.SQLITE_INTERRUPT;
    }
    return switch (cause) {
      case GraftException.Conflict conflict -> Sqlite3.SQLITE_BUSY_SNAPSHOT;
      case GraftException.Limit limit -> Sqlite3.SQLITE_FULL;
      case GraftException.Corrupt corrupt -> Sqlite3.SQLITE_IOERR_DATA;
      case GraftException.Unauthorized unauthorized -> Sqlite3.SQLITE_AUTH;
      case OutOfMemoryError memory -> Sqlite3.SQLITE_NOMEM;
      default -> isDiskFull(cause) ? Sqlite3.SQLITE_FULL : code;
    };
  }

  private static boolean wasInterrupted(Throwable cause) {
    for (Throwable at : chain(cause)) {
      if (at instanceof InterruptedException
          || at instanceof java.nio.channels.ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isDiskFull(Throwable cause) {
    for (Throwable at : chain(cause)) {
      String message = at.getMessage();
      if (at instanceof java.io.IOException
          && message != null
          && message.toLowerCase(Locale.ROOT).contains("no space left")) {
        return true;
      }
    }
    return false;
  }

  private static Iterable<Throwable> chain(Throwable cause) {
    return java.util.stream.Stream.<@Nullable Throwable>iterate(
                cause, at -> at == null ? null : at.getCause())
            .limit(MAX_CAUSES)
            .takeWhile(java.util.Objects::nonNull)
        ::iterator;
  }

  /** One sentence about a failure. */
  static String sentence(Throwable cause) {
    String message = cause.getMessage();
    return cause instanceof GraftException && message != null ? message : cause.toString();
  }
}
