package dev.graft.engine.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of a store, and whether its absence can be believed. A folder that nobody made yet is
 * an empty store. One that stood and is gone, or is something else now, says nothing about what the
 * store holds: what is missed beneath it is not missing, it cannot be told. Safe for use by many
 * threads.
 */
final class RootFolder {
  private final Path root;

  /** Whether this process has seen it; never false again. */
  private volatile boolean stood;

  RootFolder(Path root) {
    this.root = root;
    this.stood = Files.isDirectory(root);
  }

  /** It was just made, or found. */
  void stands() {
    stood = true;
  }

  /**
   * Holds that what is not found beneath the folder does not exist.
   *
   * @throws IOException when the folder is gone, or no folder any more
   */
  void require() throws IOException {
    if (Files.isDirectory(root)) {
      stood = true;
    } else if (stood || Files.exists(root)) {
      throw new FileSystemException(
          root.toString(), null, "the folder is not there any more; bring it back and try again");
    }
  }
}
