package dev.graft.engine.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Folders that a power cut does not take away. A folder that another process has just made may not
 * be on the disk yet, so each process writes the chain of names down once for itself, also when it
 * finds the folder there. Safe for use by many threads.
 */
final class DurableFolders {
  /** Windows cannot open a folder to flush it, and writes its names through by itself. */
  private static final boolean CAN_FLUSH =
      !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private static final int MAX_KNOWN = 10_000;

  private final Path root;
  private final Set<Path> known = ConcurrentHashMap.newKeySet();

  DurableFolders(Path root) {
    this.root = root;
  }

  /** Makes the folder, which is the root or lies in it, and all above it. */
  void make(Path folder) throws IOException {
    if (known.contains(folder)) {
      return;
    }
    if (folder.equals(root)) {
      Files.createDirectories(root);
    } else {
      make(KeyPaths.folderOf(folder));
      makeOne(folder);
      flush(KeyPaths.folderOf(folder));
    }
    if (known.size() >= MAX_KNOWN) {
      known.clear();
    }
    known.add(folder);
  }

  private static void makeOne(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new NotDirectoryException(folder.toString());
      }
    }
  }

  /** Forgets what was made, because somebody has removed a folder. */
  void forget() {
    known.clear();
  }

  /** Brings the names in the folder to the disk. */
  void flush(Path folder) throws IOException {
    if (CAN_FLUSH) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
