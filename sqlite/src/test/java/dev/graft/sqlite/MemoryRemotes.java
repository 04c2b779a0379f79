package dev.graft.sqlite;

import dev.graft.client.RemoteProvider;
import dev.graft.client.RemoteUnderTest;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.remote.Remote;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remotes {@code memory:NAME}: the engine, however it is reached, over a store in memory that all
 * who name it share.
 */
public final class MemoryRemotes implements RemoteProvider {
  static final ThreadConcurrency CONCURRENCY = new ThreadConcurrency(InstantSource.system());
  static final RandomIdSource IDS = new RandomIdSource(new Random(20261121));

  private static final Map<String, ObjectStore> STORES = new ConcurrentHashMap<>();

  @Override
  public boolean accepts(String uri) {
    return uri.startsWith("memory:");
  }

  @Override
  public Remote open(String uri, Map<String, String> parameters) {
    ObjectStore store = store(uri);
    RemoteUnderTest way = RemoteUnderTest.chosen();
    return way.served(store, CONCURRENCY)
        .map(address -> new HttpRemotes().open(address, parameters))
        .orElseGet(() -> way.over(store, CONCURRENCY, IDS, new Random(1)));
  }

  /** What stands in a URL for a name like {@code memory:NAME}: where it is served, or itself. */
  static String address(String uri) {
    ObjectStore store = store(uri);
    return RemoteUnderTest.chosen().served(store, CONCURRENCY).orElse(uri);
  }

  private static ObjectStore store(String uri) {
    return STORES.computeIfAbsent(uri, key -> new MemoryObjectStore(InstantSource.system()));
  }
}
