package dev.graft.engine.store;

import java.time.Instant;
import java.util.List;

/**
 * A store that passes everything on to another one; subclasses do one thing otherwise. Hashes are
 * made of what it gives itself.
 */
public class PassingStore implements ObjectStore {
  /** The one that is asked. */
  protected final ObjectStore store;

  /** Passes everything on to this one. */
  protected PassingStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return store.get(key, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return store.putIfAbsent(key, bytes, notAfter);
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
    store.delete(key);
  }
}
