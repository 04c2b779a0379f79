package dev.graft.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Writes a file so that it appears whole and durable, or not at all. */
final class AtomicFile {
  private AtomicFile() {}

  /** Fills a file. */
  interface Filling {
    /** Writes all of the content. */
    void into(FileChannel channel) throws IOException;
  }

  /**
   * Writes or replaces a file.
   *
   * @param file in a folder that exists
   */
  static void write(Path file, Filling filling) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = Objects.requireNonNull(target.getParent(), "a file has a folder");
    Path unfinished =
        folder.resolve("." + target.getFileName() + ".unfinished-" + System.nanoTime());
    try {
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        filling.into(channel);
        channel.force(true);
      }
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      syncFolder(folder);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Makes a new name durable. */
  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
