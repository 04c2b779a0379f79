package dev.graft.sim;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How often each fault has changed the outcome or the time of something. For the tasks of one
 * simulation.
 */
public final class FaultHits {
  private final Map<Fault, Long> hits = new EnumMap<>(Fault.class);
  private final Set<Place> places = new HashSet<>();

  private record Place(Fault fault, Object name) {}

  /** Counts one. */
  public void add(Fault fault) {
    hits.merge(fault, 1L, Long::sum);
  }

  /** Counts one for each place that meets it, however often it does. */
  public void addOnce(Fault fault, Object place) {
    if (places.add(new Place(fault, place))) {
      add(fault);
    }
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
