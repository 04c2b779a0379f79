package dev.graft.replica;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects that only this process has, the oldest forgotten first: whoever still names one asks for
 * the map again. Safe for use by many threads.
 */
final class OwnObjects {
  private static final long MAX_BYTES = 64L << 20;

  /** Guarded by this, as is the sum. */
  private final Map<ObjectKey, byte[]> objects = new LinkedHashMap<>();

  private long bytes;

  synchronized byte @Nullable [] get(ObjectKey key) {
    return objects.get(key);
  }

  /** Whether the object is new. */
  synchronized boolean put(ObjectKey key, byte[] content) {
    if (!key.value().contains("/segments/")) {
      throw new GraftException.Unauthorized("a read replica writes nothing: not " + key);
    }
    if (objects.putIfAbsent(key, content) != null) {
      return false;
    }
    bytes += content.length;
    var oldest = objects.entrySet().iterator();
    while (bytes > MAX_BYTES && objects.size() > 1) {
      bytes -= oldest.next().getValue().length;
      oldest.remove();
    }
    return true;
  }

  /** A range of an object. */
  static GetOutcome cut(byte[] object, long offset, int maxBytes) {
    int from = (int) Math.min(offset, object.length);
    int to = (int) Math.min(object.length, (long) from + maxBytes);
    return new GetOutcome.Found(Arrays.copyOfRange(object, from, to), object.length);
  }
}
