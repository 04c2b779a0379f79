package dev.graft.engine.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * One ordered listing of a folder of objects. Reads the names of each folder on its way once; of a
 * folder with n entries only those are sorted that are given (a heap: n + given log n), so the
 * newest commit of a long log is found without sorting the log.
 *
 * <p>Others give up places because a listing did not name them: so a folder counts as empty only
 * when it does not exist beneath a root that stands, and whatever else keeps it from being read is
 * a failure.
 */
final class FolderListing {
  private final RootFolder root;
  private final KeyPaths paths;
  private final String startAfter;
  private final int maxKeys;
  private final List<ObjectKey> found = new ArrayList<>();

  FolderListing(RootFolder root, KeyPaths paths, String startAfter, int maxKeys) {
    this.root = root;
    this.paths = paths;
    this.startAfter = startAfter;
    this.maxKeys = maxKeys;
  }

  List<ObjectKey> keys(String prefix) throws IOException {
    walk(prefix);
    return found;
  }

  private void walk(String prefix) throws IOException {
    PriorityQueue<String> entries = entriesAfterStart(prefix);
    while (found.size() < maxKeys && !entries.isEmpty()) {
      String entry = entries.remove();
      if (!entry.endsWith("/")) {
        KeyPaths.key(prefix + entry).ifPresent(found::add);
      } else if (KeyPaths.key(prefix + entry.substring(0, entry.length() - 1)).isPresent()
          && !Files.isRegularFile(paths.folder(prefix + entry))) {
        // A file without the ending of objects is not ours.
        walk(prefix + entry);
      }
    }
  }

  /** The entries of the prefix's folder that are, or may hold, keys after the start. */
  private PriorityQueue<String> entriesAfterStart(String prefix) throws IOException {
    if (!startAfter.startsWith(prefix)) {
      return startAfter.compareTo(prefix) < 0 ? entries(prefix, "") : new PriorityQueue<>();
    }
    return entries(prefix, startAfter.substring(prefix.length()));
  }

  private PriorityQueue<String> entries(String prefix, String after) throws IOException {
    List<String> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(paths.folder(prefix))) {
      for (Path file : files) {
        String entry = KeyPaths.entry(file.getFileName().toString());
        if (entry.compareTo(after) > 0 || (entry.endsWith("/") && after.startsWith(entry))) {
          entries.add(entry);
        }
      }
    } catch (NoSuchFileException e) {
      root.require();
      return new PriorityQueue<>();
    } catch (NotDirectoryException e) {
      // The JDK gives no reason with it.
      throw new FileSystemException(e.getFile(), null, "not a folder");
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return new PriorityQueue<>(entries);
  }
}
