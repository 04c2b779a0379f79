package dev.graft.cli;

import dev.graft.client.RemoteProvider;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.remote.Remote;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Remotes of the form {@code folder:PATH}: the engine in this process, on an object store in a
 * folder. There is one engine for each folder in a process; it ends when the last remote on it is
 * closed. Safe for use by many threads.
 */
public final class FolderRemotes implements RemoteProvider {
  /** What such an address begins with. */
  public static final String SCHEME = "folder:";

  private static final Map<Path, SharedEngine> ENGINES = new HashMap<>();

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
    synchronized (ENGINES) {
      SharedEngine engine = ENGINES.computeIfAbsent(folder, FolderRemotes::start);
      return engine.use(() -> leave(folder, engine));
    }
  }

  private static SharedEngine start(Path folder) {
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    SecureRandom random = new SecureRandom();
    RandomIdSource ids = new RandomIdSource(random);
    FileObjectStore store = FileObjectStore.open(folder, concurrency);
    return new SharedEngine(
        folder,
        new EngineRemote(store, store, concurrency, ids, random, EngineOptions.DEFAULT),
        new FirstUse(store, concurrency, ids));
  }

  private static void leave(Path folder, SharedEngine engine) {
    synchronized (ENGINES) {
      if (!engine.leave()) {
        return;
      }
      ENGINES.remove(folder);
    }
    engine.end();
  }
}
