package dev.graft.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** The side folder in which objects are written before they get their names. */
final class Staging {
  /**
   * A file that was not touched for so long belongs to a process that died. Should its writer be
   * alive after all, its link fails and nothing lands.
   */
  static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  /** The JDK keeps a buffer of the size of the largest write for each thread. */
  private static final int PIECE_BYTES = 256 << 10;

  private final Path folder;

  Staging(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the bytes to a new file and brings them to the disk. A failure leaves nothing.
   *
   * <p>The name is never used again: were it, a slow writer whose file was cleaned away could link
   * the half-written file of another one.
   */
  Path write(byte[] bytes) throws IOException {
    Path file = folder.resolve(UUID.randomUUID().toString());
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
        var piece = ByteBuffer.wrap(bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
      channel.force(true);
    } catch (Throwable e) {
      discard(file);
      throw e;
    }
    return file;
  }

  /** Removes the file if it can; what stays is cleaned away later. */
  void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Nobody sees it, and the next clean-up takes it.
    }
  }

  /** Removes what dead processes left, as far as it can. */
  void clean(Instant now) {
    Instant limit = now.minus(ABANDONED_AFTER);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          discard(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // No such folder, one that must not be written, or a file just removed by its writer.
    }
  }
}
