package dev.graft.functions;

import dev.graft.auth.EdgeEntries;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes the edge's key value store hold what the key ring and the revocations say: what is missing
 * is put, what is of no use any more is removed, and what is there already costs nothing.
 *
 * <p>It looks at the store's version first and at ring and revocations after that, and changes
 * nothing when the version is another one by then. So of several at work the last one to succeed
 * knows all that any of them knew, and nothing that was revoked is ever taken back. Safe for use by
 * many threads.
 */
final class EdgeMirror {
  private static final int TRIES = 12;

  /** The longest pause before the second try; each further one may be twice as long. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final EdgeKeyStore store;
  private final Supplier<KeyRing> ring;
  private final RevocationLog revocations;
  private final Concurrency concurrency;
  private final RandomGenerator random;

  /**
   * @param ring reads the key ring where it lies, each time
   */
  EdgeMirror(
      EdgeKeyStore store,
      Supplier<KeyRing> ring,
      RevocationLog revocations,
      Concurrency concurrency,
      RandomGenerator random) {
    this.store = store;
    this.ring = ring;
    this.revocations = revocations;
    this.concurrency = concurrency;
    this.random = random;
  }

  /**
   * What was done.
   *
   * @param entries that the edge holds now
   * @param put of them now
   * @param removed entries
   * @param tries until nobody came between
   */
  record Brought(int entries, int put, int removed, int tries) {}

  /**
   * Brings the edge up to now; when it returns the edge's store holds all that was revoked before
   * the call.
   *
   * @throws GraftException.Unavailable when ring, revocations or store cannot be had, or others
   *     came between all the time: then perhaps a part is done, and again does no harm
   */
  Brought bring() {
    int put = 0;
    int removed = 0;
    int refused = 0;
    for (int tried = 1; tried <= TRIES; tried++) {
      String version = store.version();
      Map<String, String> there = store.entries();
      Map<String, String> wanted =
          EdgeEntries.of(ring.get(), revocations.newest(), concurrency.instant());
      Optional<String> at = Optional.of(version);
      for (Change change : changes(there, wanted)) {
        EdgeKeyStore.Outcome outcome = store.change(at.get(), change.puts(), change.deletes());
        switch (outcome) {
          case EdgeKeyStore.Outcome.Changed(String next) -> {
            at = Optional.of(next);
            put += change.puts().size();
            removed += change.deletes().size();
          }
          case EdgeKeyStore.Outcome.Refused(int status) -> {
            refused = status;
            at = Optional.empty();
          }
        }
        if (at.isEmpty()) {
          break;
        }
      }
      if (at.isPresent()) {
        return new Brought(wanted.size(), put, removed, tried);
      }
      pause(tried);
    }
    throw new GraftException.Unavailable(
        "the edge's store refused "
            + TRIES
            + " changes, the last with status "
            + refused
            + ": others change it, or it is full");
  }

  private void pause(int tried) {
    Duration most = PAUSE.multipliedBy(1L << Math.min(tried - 1, 6));
    try {
      concurrency.sleepUntil(concurrency.instant().plusNanos(1 + random.nextLong(most.toNanos())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted while the edge was brought up to date", e);
    }
  }

  /** Entries that go into one request. */
  private record Change(Map<String, String> puts, List<String> deletes) {
    boolean isFull() {
      return puts.size() + deletes.size() == EdgeKeyStore.AT_ONCE;
    }
  }

  /** What was revoked first, then removed keys, new keys last. */
  private static List<Change> changes(Map<String, String> there, Map<String, String> wanted) {
    List<Change> changes = new ArrayList<>();
    for (boolean key : new boolean[] {false, true}) {
      there.keySet().stream()
          .filter(name -> key && !wanted.containsKey(name))
          .forEach(name -> room(changes).deletes().add(name));
      wanted.forEach((name, value) -> {
        if (EdgeEntries.isKey(name) == key && !value.equals(there.get(name))) {
          room(changes).puts().put(name, value);
        }
      });
    }
    return changes;
  }

  private static Change room(List<Change> changes) {
    if (changes.isEmpty() || changes.getLast().isFull()) {
      changes.add(new Change(new TreeMap<>(), new ArrayList<>()));
    }
    return changes.getLast();
  }
}
