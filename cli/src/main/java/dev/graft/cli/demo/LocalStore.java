package dev.graft.cli.demo;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.Counts;
import dev.graft.engine.store.DelayingObjectStore;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.Preflight;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.remote.Remote;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The engine on a folder, with a counter under it. What is made here forgets with the process, so a
 * new one answers as an engine that has just started.
 */
public final class LocalStore implements AutoCloseable {
  private final CountingObjectStore store;
  private final EngineRemote engine;

  private LocalStore(CountingObjectStore store, EngineRemote engine) {
    this.store = store;
    this.engine = engine;
  }

  /** A store that is as fast as the folder is. */
  public static LocalStore near(
      Path folder, Concurrency concurrency, IdSource ids, java.util.random.RandomGenerator random) {
    return at(folder, concurrency, ids, random, Duration.ZERO, Duration.ZERO);
  }

  /**
   * A store whose requests take as long as those of a real one.
   *
   * @param read added to each get and list
   * @param write added to each put
   */
  public static LocalStore at(
      Path folder,
      Concurrency concurrency,
      IdSource ids,
      java.util.random.RandomGenerator random,
      Duration read,
      Duration write) {
    CountingObjectStore store =
        new CountingObjectStore(
            new DelayingObjectStore(
                FileObjectStore.open(folder, concurrency), concurrency, read, write));
    return new LocalStore(
        store, new EngineRemote(store, store, concurrency, ids, random, EngineOptions.DEFAULT));
  }

  /** Tries whether the folder keeps the promises of a store. */
  static void preflight(Path folder, Concurrency concurrency, IdSource ids)
      throws InterruptedException {
    Preflight.check(FileObjectStore.open(folder, concurrency), concurrency, ids);
  }

  /** The engine. */
  public Remote remote() {
    return engine;
  }

  /** What was asked of the store so far. */
  public Counts counts() {
    return store.snapshot();
  }

  /** What was asked of the store so far, once roll-ups and checkpoints are made. */
  Counts countsAtRest() throws InterruptedException {
    engine.quiesce();
    return store.snapshot();
  }

  @Override
  public void close() {
    engine.close();
  }
}
