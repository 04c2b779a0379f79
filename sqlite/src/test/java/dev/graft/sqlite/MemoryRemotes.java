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
    ObjectStore store =
        STORES.computeIfAbsent(uri, key -> new MemoryObjectStore(InstantSource.system()));
    return RemoteUnderTest.chosen().over(store, CONCURRENCY, IDS, new Random(1));
  }
}
