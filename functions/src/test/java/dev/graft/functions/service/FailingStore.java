package dev.graft.functions.service;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import java.time.Instant;
import java.util.List;

/** A store that fails whatever is asked below {@code volumes/}. */
record FailingStore(ObjectStore store, PutOutcome put, RuntimeException get)
    implements ObjectStore {
  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    if (key.value().startsWith("volumes/")) {
      throw get;
    }
    return store.get(key, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return put;
  }

  @Override
  public boolean listsInOrder() {
    return true;
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    if (prefix.startsWith("volumes/")) {
      throw get;
    }
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    throw get;
  }
}
