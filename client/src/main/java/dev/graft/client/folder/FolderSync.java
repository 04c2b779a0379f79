package dev.graft.client.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** Makes names outlive a power cut: a file's own sync does not keep the name in its folder. */
public final class FolderSync {
  private FolderSync() {}

  /** The names in the folder outlive a power cut when this returns. */
  public static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Makes a folder, and those above it that are not there; they outlive a power cut when this
   * returns.
   */
  public static void create(Path folder) throws IOException {
    Deque<Path> parents = new ArrayDeque<>();
    Path missing = folder.toAbsolutePath();
    while (missing != null && !Files.exists(missing)) {
      missing = missing.getParent();
      if (missing != null) {
        parents.push(missing);
      }
    }
    Files.createDirectories(folder);
    for (Path parent : parents) {
      sync(parent);
    }
  }
}
