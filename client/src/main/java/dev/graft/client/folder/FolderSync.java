package dev.graft.client.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
   * Makes a folder, and those above it that are not there; it outlives a power cut when this
   * returns, whoever made it: a process that was killed may have left it as it was made.
   */
  public static void create(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    if (!Files.exists(folder)) {
      // In this order a folder that is there always lies in one that stays.
      create(parent);
    }
    // Also when it is there: it says what is wrong when it is no folder.
    Files.createDirectories(folder);
    try {
      sync(parent);
    } catch (AccessDeniedException e) {
      // Who may not read the folder above did not make this one.
      return;
    }
  }
}
