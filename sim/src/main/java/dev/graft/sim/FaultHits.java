package dev.graft.sim;

import java.util.EnumMap;
import java.util.Map;

/**
 * How often each fault has changed the outcome or the time of something. For the tasks of one
 * simulation.
 */
public final class FaultHits {
  private final Map<Fault, Long> hits = new EnumMap<>(Fault.class);

  /** Counts one. */
  public void add(Fault fault) {
    hits.merge(fault, 1L, Long::sum);
  }

  /** How often this one was hit. */
  public long of(Fault fault) {
    return hits.getOrDefault(fault, 0L);
  }

  /** A copy, of those that were hit. */
  public Map<Fault, Long> all() {
    return new EnumMap<>(hits);
  }
}
