package dev.graft.engine.store;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Turns failures of the file system into failures of a store, with a sentence that helps. */
final class FolderFailures {
  // The JDK gives no codes, only the system's words; these are those of Linux, macOS and Windows.
  private static final List<String> FULL =
      List.of("no space left", "quota exceeded", "file too large", "not enough space");
  private static final List<String> READ_ONLY = List.of("read-only file system");
  private static final List<String> NO_HARD_LINKS =
      List.of("operation not permitted", "not supported", "function not implemented");

  private final Path root;

  FolderFailures(Path root) {
    this.root = root;
  }

  /** A failed read, listing or write of which it is certain that nothing landed. */
  GraftException of(String action, IOException e) {
    if (e instanceof AccessDeniedException || says(e, READ_ONLY)) {
      return new GraftException.Unauthorized(
          "cannot "
              + action
              + ": the folder "
              + root
              + " does not allow it ("
              + reason(e)
              + "); change its permissions or choose another folder");
    }
    if (says(e, FULL)) {
      return new GraftException.Limit(
          "cannot "
              + action
              + ": the disk of the folder "
              + root
              + " is full ("
              + reason(e)
              + "); free some space and try again",
          e);
    }
    return new GraftException.Unavailable(
        "cannot " + action + " in the folder " + root + ": " + reason(e), e);
  }

  /** The file system cannot make two names for one file. */
  GraftException noHardLinks() {
    return new GraftException.Misuse(
        "the folder "
            + root
            + " lies on a file system without hard links, so two writers could overwrite each"
            + " other; choose a folder on another one");
  }

  /** Whether a failed link says that the file system has none. */
  static boolean saysNoHardLinks(IOException e) {
    return says(e, NO_HARD_LINKS);
  }

  /** Whether nothing can have happened, because the system refused. */
  static boolean isRefusal(IOException e) {
    return e instanceof AccessDeniedException || says(e, READ_ONLY) || says(e, FULL);
  }

  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String words = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return Objects.requireNonNullElse(words, e.getClass().getSimpleName());
  }

  private static boolean says(IOException e, List<String> phrases) {
    String words = reason(e).toLowerCase(Locale.ROOT);
    return phrases.stream().anyMatch(words::contains);
  }
}
