package dev.graft.bench.cold;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Watches how many requests another store has at one time. Safe for use by many threads. */
final class InFlight implements ObjectStore {
  private final ObjectStore store;
  private int now;
  private int most;

  InFlight(ObjectStore store) {
    this.store = store;
  }

  /** The most requests at one time so far. */
  synchronized int most() {
    return most;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return watched(() -> store.get(key, offset, maxBytes));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return watched(() -> store.putIfAbsent(key, bytes, notAfter));
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return watched(() -> store.list(prefix, startAfter, maxKeys));
  }

  @Override
  public void delete(ObjectKey key) {
    store.delete(key);
  }

  private <T> T watched(Supplier<T> request) {
    begin();
    try {
      return request.get();
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    now++;
    most = Math.max(most, now);
  }

  private synchronized void end() {
    now--;
  }
}
