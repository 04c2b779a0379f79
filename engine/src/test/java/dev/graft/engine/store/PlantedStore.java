package dev.graft.engine.store;

import java.time.Instant;
import java.util.List;

/** Passes everything on; subclasses plant one fault. */
class PlantedStore implements ObjectStore {
  private final ObjectStore store;

  PlantedStore(ObjectStore store) {
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
