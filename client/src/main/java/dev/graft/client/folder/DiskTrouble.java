package dev.graft.client.folder;

import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** Turns what the file system says into one clear sentence of the right kind. */
public final class DiskTrouble {
  private DiskTrouble() {}

  /** A write, or an opening to write, did not work. */
  public static GraftException writing(Path path, IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space") || text.contains("disk full") || text.contains("quota")) {
      return new GraftException.Limit(
          "the disk is full: " + path + " cannot grow; make room and try again", cause);
    }
    if (cause instanceof AccessDeniedException
        || text.contains("read-only")
        || text.contains("permission denied")) {
      return new GraftException.Unauthorized(
          path + " cannot be written: the folder is read-only for this user; choose another one");
    }
    return new GraftException.Unavailable("cannot write " + path + ": " + reason(cause), cause);
  }

  /** A read did not work. */
  public static GraftException reading(Path path, IOException cause) {
    return new GraftException.Unavailable("cannot read " + path + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    if (cause instanceof FileSystemException e) {
      return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
