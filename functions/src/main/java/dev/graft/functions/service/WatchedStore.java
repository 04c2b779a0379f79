package dev.graft.functions.service;

import dev.graft.engine.store.CountingObjectStore;
import dev.graft.engine.store.Counts;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is asked of a store, and how often nobody knew what became of a write; and marks what
 * it throws because it is full, which is no fault of whoever asks. Safe for use by many threads.
 */
public final class WatchedStore implements ObjectStore {
  /** Tells a limit of the store from one of what was asked: it is the cause of the former. */
  private static final class FullException extends Exception {
    private static final long serialVersionUID = 1L;

    FullException(GraftException.Limit limit) {
      super("the store has no room left", limit.getCause(), false, false);
    }
  }

  private final CountingObjectStore store;
  private final LongAdder ambiguous = new LongAdder();

  /** Counts from zero. */
  public WatchedStore(ObjectStore store) {
    this.store = new CountingObjectStore(store);
  }

  /** Requests and bytes until now. */
  public Counts counts() {
    return store.snapshot();
  }

  /** How many writes ended as {@link PutOutcome.Unknown} until now. */
  public long ambiguous() {
    return ambiguous.sum();
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return store.get(key, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    PutOutcome outcome;
    try {
      outcome = store.putIfAbsent(key, bytes, notAfter);
    } catch (GraftException.Limit e) {
      throw marked(e);
    }
    if (outcome instanceof PutOutcome.Unknown) {
      ambiguous.increment();
    }
    return outcome;
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    return store.sha256(key);
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    try {
      store.delete(key);
    } catch (GraftException.Limit e) {
      throw marked(e);
    }
  }

  private static GraftException.Limit marked(GraftException.Limit e) {
    return new GraftException.Limit(String.valueOf(e.getMessage()), new FullException(e));
  }

  /** Whether it says that a watched store is full. */
  static boolean saysFull(GraftException.Limit limit) {
    return limit.getCause() instanceof FullException;
  }
}
