package dev.graft.cli;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.Preflight;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;

/**
 * Tries a store before the first volume is entrusted to it. A store that holds volumes was tried
 * when it got the first of them. Safe for use by many threads.
 */
final class FirstUse {
  private static final String VOLUMES = "volumes/";

  private final ObjectStore store;
  private final Concurrency concurrency;
  private final IdSource ids;

  FirstUse(ObjectStore store, Concurrency concurrency, IdSource ids) {
    this.store = store;
    this.concurrency = concurrency;
    this.ids = ids;
  }

  /**
   * To be called before a volume is made.
   *
   * @throws GraftException.Misuse when the store breaks a promise
   */
  void check() {
    if (!store.list(VOLUMES, "", 1).isEmpty()) {
      return;
    }
    try {
      Preflight.check(store, concurrency, ids);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted while the store was tried", interrupt);
    }
  }
}
