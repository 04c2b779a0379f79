package dev.graft.cli;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.remote.Remote;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The engines of this process: one for each store, which ends when its last user has left. Safe for
 * use by many threads.
 */
final class SharedEngines {
  /** By address. Guarded by itself. */
  private static final Map<String, SharedEngine> OPEN = new HashMap<>();

  private SharedEngines() {}

  /**
   * The engine on a store.
   *
   * @param address what tells stores apart
   * @param opener opens the store when no engine is on it yet
   * @param explain puts what is not found into words that fit the store
   */
  static Remote use(
      String address,
      Function<InstantSource, OpenStore> opener,
      UnaryOperator<GraftException.NotFound> explain) {
    synchronized (OPEN) {
      SharedEngine engine = OPEN.computeIfAbsent(address, at -> start(opener, explain));
      return engine.use(() -> leave(address, engine));
    }
  }

  private static SharedEngine start(
      Function<InstantSource, OpenStore> opener, UnaryOperator<GraftException.NotFound> explain) {
    ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
    SecureRandom random = new SecureRandom();
    RandomIdSource ids = new RandomIdSource(random);
    OpenStore store = opener.apply(concurrency);
    return new SharedEngine(
        new EngineRemote(
            store.objects(), store.objects(), concurrency, ids, random, EngineOptions.DEFAULT),
        new FirstUse(store.objects(), concurrency, ids),
        explain,
        store,
        concurrency);
  }

  private static void leave(String address, SharedEngine engine) {
    synchronized (OPEN) {
      if (!engine.leave()) {
        return;
      }
      OPEN.remove(address);
    }
    engine.end();
  }
}
