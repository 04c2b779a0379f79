package dev.graft.cli;

import dev.graft.client.RemoteProvider;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.remote.Remote;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Remotes of the form {@code folder:PATH}: the engine in this process, on an object store in a
 * folder. There is one engine for each folder in a process; it ends when the last remote on it is
 * closed. Safe for use by many threads.
 */
public final class FolderRemotes implements RemoteProvider {
  /** What such an address begins with. */
  public static final String SCHEME = "folder:";

  /** For the service loader. */
  public FolderRemotes() {}

  @Override
  public boolean accepts(String uri) {
    return uri.startsWith(SCHEME);
  }

  @Override
  public Remote open(String uri, Map<String, String> parameters) {
    Path folder;
    try {
      folder = Path.of(uri.substring(SCHEME.length())).toAbsolutePath().normalize();
    } catch (InvalidPathException wrong) {
      throw new GraftException.Misuse("'" + uri + "' is no path: " + wrong.getReason());
    }
    return SharedEngines.use(
        SCHEME + folder,
        clock -> new OpenStore(FileObjectStore.open(folder, clock), () -> {}),
        missing -> explained(folder, missing));
  }

  /** A store whose folder is not there is empty; but a reader is better told of the folder. */
  private static GraftException.NotFound explained(Path folder, GraftException.NotFound missing) {
    return Files.isDirectory(folder)
        ? missing
        : new GraftException.NotFound(
            "the store's folder "
                + folder
                + " is not there: was it moved or removed, or is its path wrong?");
  }
}
