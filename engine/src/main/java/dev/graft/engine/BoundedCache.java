package dev.graft.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Immutable values kept while there is room; the one not used for longest goes first. Safe for use
 * by many threads.
 */
final class BoundedCache<K, V> {
  private final long maxWeight;
  private final ToIntFunction<V> weigher;

  /** Guarded by this. */
  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** Guarded by this. */
  private long weight;

  /**
   * @param maxWeight the most that all values together may weigh
   * @param weigher gives the weight of one, always the same
   */
  BoundedCache(long maxWeight, ToIntFunction<V> weigher) {
    this.maxWeight = maxWeight;
    this.weigher = weigher;
  }

  synchronized @Nullable V get(K key) {
    return entries.get(key);
  }

  synchronized void put(K key, V value) {
    V old = entries.put(key, value);
    weight += weigher.applyAsInt(value) - (old == null ? 0 : weigher.applyAsInt(old));
    Iterator<Map.Entry<K, V>> eldest = entries.entrySet().iterator();
    while (weight > maxWeight && eldest.hasNext()) {
      weight -= weigher.applyAsInt(eldest.next().getValue());
      eldest.remove();
    }
  }
}
