package dev.graft.cli;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts a failure into one sentence and one exit code. */
public final class Failures {
  /**
   * What is told of a failure.
   *
   * @param sentence one line
   * @param exitCode of the command
   */
  public record Told(String sentence, int exitCode) {}

  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_READONLY = 8;
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CANTOPEN = 14;
  private static final int SQLITE_AUTH = 23;
  private static final int SQLITE_NOTADB = 26;

  private Failures() {}

  /** What is told of it. */
  public static Told tell(Throwable failure) {
    GraftException graft = causeOf(failure, GraftException.class);
    if (graft != null) {
      return new Told(oneLine(graft.getMessage()), ExitCode.of(graft));
    }
    if (failure instanceof Failure told) {
      return new Told(oneLine(told.getMessage()), told.exitCode());
    }
    SQLException sql = causeOf(failure, SQLException.class);
    if (sql != null) {
      return new Told(sentence(sql), exitCode(sql));
    }
    IOException io = causeOf(failure, IOException.class);
    if (io != null) {
      return tell(io);
    }
    if (causeOf(failure, ReadOnlyFileSystemException.class) != null) {
      return new Told("the file system is read-only", ExitCode.UNAVAILABLE);
    }
    if (causeOf(failure, OutOfMemoryError.class) != null) {
      return new Told(
          "out of memory: give the JVM more, for example with GRAFT_JAVA_OPTS=-Xmx1g",
          ExitCode.FAILURE);
    }
    if (causeOf(failure, InterruptedException.class) != null) {
      return new Told("interrupted", ExitCode.FAILURE);
    }
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return new Told(
        "unexpected failure: "
            + (message == null ? name : oneLine(message))
            + " (GRAFT_DEBUG=1 shows where)",
        ExitCode.FAILURE);
  }

  private static Told tell(IOException io) {
    if (!(io instanceof FileSystemException fileSystem)) {
      return new Told(oneLine(io.getMessage()), exitCode(io.getMessage()));
    }
    String file = String.valueOf(fileSystem.getFile());
    return switch (fileSystem) {
      case NoSuchFileException _ -> new Told("no such file: " + file, ExitCode.NOT_FOUND);
      case AccessDeniedException _ ->
          new Told("not allowed to read or write " + file, ExitCode.UNAVAILABLE);
      case FileAlreadyExistsException _ ->
          new Told(file + " is there already; name another file", ExitCode.USAGE);
      case NotDirectoryException _ -> new Told(file + " is not a folder", ExitCode.USAGE);
      default -> {
        String reason = fileSystem.getReason();
        String why = reason == null ? "failed" : reason.toLowerCase(Locale.ROOT);
        yield new Told(file + ": " + oneLine(why), exitCode(reason));
      }
    };
  }

  private static int exitCode(@Nullable String reason) {
    String text = reason == null ? "" : reason.toLowerCase(Locale.ROOT);
    boolean unavailable =
        text.contains("no space left")
            || text.contains("quota")
            || text.contains("read-only")
            || text.contains("input/output");
    return unavailable ? ExitCode.UNAVAILABLE : ExitCode.FAILURE;
  }

  private static int exitCode(SQLException sql) {
    return switch (sql.getErrorCode() & 0xFF) {
      case SQLITE_BUSY -> ExitCode.CONFLICT;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> ExitCode.CORRUPT;
      case SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_AUTH -> ExitCode.UNAVAILABLE;
      default -> ExitCode.FAILURE;
    };
  }

  /** The driver's text without its frame: {@code [SQLITE_ERROR] SQL error (no such table: t)}. */
  private static String sentence(SQLException sql) {
    String text = oneLine(sql.getMessage());
    int open = text.indexOf('(');
    if (text.startsWith("[SQLITE") && open > 0 && text.endsWith(")")) {
      text = text.substring(open + 1, text.length() - 1);
    }
    return text;
  }

  /** The first of a failure and its causes that is of a type. */
  private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> type) {
    Set<Throwable> seen = new HashSet<>();
    Throwable at = failure;
    while (at != null && seen.add(at)) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "failed without a reason" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
