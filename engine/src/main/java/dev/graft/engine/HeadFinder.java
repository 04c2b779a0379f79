package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Finds the newest entry of a log without gaps: by one listing where the store lists in order, else
 * by galloping reads from an entry that is known to exist.
 */
final class HeadFinder {
  /** How many reads a round of galloping makes. */
  private static final int PROBES = 8;

  private final ObjectStore store;
  private final Rounds rounds;

  HeadFinder(ObjectStore store, Rounds rounds) {
    this.store = store;
    this.rounds = rounds;
  }

  /**
   * The number of the newest entry that existed at some instant of this call; {@code known} when
   * there is none above it.
   *
   * @param prefix of the log's keys
   * @param known an entry that exists, or 0
   * @param exists asks the store for one entry
   */
  long find(String prefix, long known, LongPredicate exists) {
    if (store.listsInOrder()) {
      List<ObjectKey> newest = store.list(prefix, "", 1);
      return newest.isEmpty() ? known : Math.max(known, Keys.numberOf(newest.getFirst()));
    }
    return gallop(known, exists);
  }

  /** Whether one listing tells the newest entry, whatever is missing below it. */
  boolean lists() {
    return store.listsInOrder();
  }

  /**
   * As {@link #find}, by reads of single entries alone, {@link #PROBES} of them in a round: steps
   * that double until one misses, then equal parts of what lies between.
   */
  long gallop(long known, LongPredicate exists) {
    long low = known;
    long step = 1;
    while (true) {
      List<Long> probes = new ArrayList<>(PROBES);
      for (int i = 0; i < PROBES; i++) {
        probes.add(low + (step << i));
      }
      int found = foundOf(probes, exists);
      if (found < PROBES) {
        long above = probes.get(found);
        return between(found == 0 ? low : probes.get(found - 1), above, exists);
      }
      low = probes.getLast();
      step <<= PROBES;
    }
  }

  /** The newest entry, when {@code low} exists and {@code missing} does not. */
  private long between(long low, long missing, LongPredicate exists) {
    while (missing - low > 1) {
      long part = Math.max(1, (missing - low) / (PROBES + 1));
      List<Long> probes = new ArrayList<>(PROBES);
      for (long at = low + part; at < missing && probes.size() < PROBES; at += part) {
        probes.add(at);
      }
      int found = foundOf(probes, exists);
      missing = found < probes.size() ? probes.get(found) : missing;
      low = found == 0 ? low : probes.get(found - 1);
    }
    return low;
  }

  /**
   * How many of the ascending probes exist before the first that does not. A later one may exist
   * all the same, when it was written meanwhile; the answer is still the head of an instant of this
   * call.
   */
  private int foundOf(List<Long> probes, LongPredicate exists) {
    List<Boolean> there = rounds.each("find head", probes, exists::test);
    int missing = there.indexOf(false);
    return missing < 0 ? probes.size() : missing;
  }
}
