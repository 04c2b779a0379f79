package dev.graft.engine.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A store in the heap of this process: for tests, simulations and things that need not last. */
public final class MemoryObjectStore implements ObjectStore {
  private final InstantSource clock;

  /** Guarded by itself. In the order of the keys' characters, which are all ASCII. */
  private final NavigableMap<String, byte[]> objects = new TreeMap<>();

  /**
   * An empty store.
   *
   * @param clock by which the last moments of writes are judged
   */
  public MemoryObjectStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    Requests.checkRange(key, offset, maxBytes);
    byte[] object;
    synchronized (objects) {
      object = objects.get(key.value());
    }
    if (object == null) {
      return new GetOutcome.Missing();
    }
    int from = (int) Math.min(offset, object.length);
    int to = (int) Math.min((long) from + maxBytes, object.length);
    return new GetOutcome.Found(Arrays.copyOfRange(object, from, to), object.length);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    byte[] copy = bytes.clone();
    synchronized (objects) {
      if (clock.instant().isAfter(notAfter)) {
        return new PutOutcome.TooLate();
      }
      return objects.putIfAbsent(key.value(), copy) == null
          ? new PutOutcome.Created()
          : new PutOutcome.AlreadyExists();
    }
  }

  @Override
  public boolean listsInOrder() {
    return true;
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    Requests.checkList(prefix, maxKeys);
    List<ObjectKey> keys = new ArrayList<>();
    synchronized (objects) {
      boolean inside = startAfter.compareTo(prefix) > 0;
      for (String key : objects.tailMap(inside ? startAfter : prefix, false).keySet()) {
        if (keys.size() == maxKeys || !key.startsWith(prefix)) {
          break;
        }
        keys.add(new ObjectKey(key));
      }
    }
    return keys;
  }

  @Override
  public void delete(ObjectKey key) {
    synchronized (objects) {
      objects.remove(key.value());
    }
  }
}
