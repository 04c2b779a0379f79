package dev.graft.auth;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what is asked of a store, but for the log of revocations, which every request may read.
 */
public final class MeteredStore implements ObjectStore {
  private final ObjectStore to;
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();

  /** Hands everything on to this one. */
  public MeteredStore(ObjectStore to) {
    this.to = to;
  }

  /** Reads and listings so far. */
  public long reads() {
    return reads.get();
  }

  /** Puts and deletes so far. */
  public long writes() {
    return writes.get();
  }

  private static void count(AtomicLong counter, String key) {
    if (!key.startsWith(RevocationLog.PREFIX)) {
      counter.incrementAndGet();
    }
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    count(reads, key.value());
    return to.get(key, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    count(writes, key.value());
    return to.putIfAbsent(key, bytes, notAfter);
  }

  @Override
  public boolean listsInOrder() {
    return to.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    count(reads, prefix);
    return to.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    count(writes, key.value());
    to.delete(key);
  }
}
