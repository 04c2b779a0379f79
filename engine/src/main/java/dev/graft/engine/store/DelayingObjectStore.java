package dev.graft.engine.store;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store that is farther away than it is: every request waits before it goes on. For measurements
 * and demonstrations. Safe for use by many threads, which wait side by side.
 */
public final class DelayingObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final Concurrency concurrency;
  private final Duration read;
  private final Duration write;

  /**
   * Delays what is asked of another store.
   *
   * @param concurrency whose clock and sleep count
   * @param read before gets and lists
   * @param write before puts and deletes
   */
  public DelayingObjectStore(
      ObjectStore store, Concurrency concurrency, Duration read, Duration write) {
    this.store = store;
    this.concurrency = concurrency;
    this.read = read;
    this.write = write;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    pause(read);
    return store.get(key, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    pause(write);
    return store.putIfAbsent(key, bytes, notAfter);
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    pause(read);
    return store.sha256(key);
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    pause(read);
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    pause(write);
    store.delete(key);
  }

  private void pause(Duration length) {
    if (length.isZero()) {
      return;
    }
    try {
      concurrency.sleepUntil(concurrency.instant().plus(length));
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted before the request was sent", interrupt);
    }
  }
}
