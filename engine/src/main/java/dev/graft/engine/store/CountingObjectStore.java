package dev.graft.engine.store;

import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts what is asked of another store. Safe for use by many threads. */
public final class CountingObjectStore implements ObjectStore {
  private final ObjectStore store;

  /** Guarded by this, as is what follows. */
  private Counts counts = Counts.ZERO;

  /** Requests begun before the last reset end without a trace in the rounds. */
  private long era;

  /** Counts from zero. */
  public CountingObjectStore(ObjectStore store) {
    this.store = store;
  }

  /**
   * What was counted until now. Requests on their way have counted, except for bytes and rounds.
   */
  public synchronized Counts snapshot() {
    return counts;
  }

  /** Counts from zero again. */
  public synchronized void reset() {
    counts = Counts.ZERO;
    era++;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return counted(
        new Counts(1, 0, 0, 0, 0, 0, 0),
        () -> {
          GetOutcome outcome = store.get(key, offset, maxBytes);
          if (outcome instanceof GetOutcome.Found found) {
            add(new Counts(0, 0, 0, 0, found.bytes().length, 0, 0));
          }
          return outcome;
        });
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return counted(
        new Counts(0, 0, 1, 0, 0, bytes.length, 0), () -> store.putIfAbsent(key, bytes, notAfter));
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    return counted(new Counts(1, 0, 0, 0, 0, 0, 0), () -> store.sha256(key));
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return counted(new Counts(0, 1, 0, 0, 0, 0, 0), () -> store.list(prefix, startAfter, maxKeys));
  }

  @Override
  public void delete(ObjectKey key) {
    counted(
        new Counts(0, 0, 0, 1, 0, 0, 0),
        () -> {
          store.delete(key);
          return key;
        });
  }

  private <T> T counted(Counts request, Supplier<T> call) {
    Begun begun = begin(request);
    try {
      return call.get();
    } finally {
      end(begun);
    }
  }

  /**
   * A request on its way.
   *
   * @param round the length of the longest chain of requests that it ends
   */
  private record Begun(long era, long round) {}

  private synchronized Begun begin(Counts request) {
    add(request);
    return new Begun(era, counts.rounds() + 1);
  }

  private synchronized void end(Begun begun) {
    if (begun.era == era && begun.round > counts.rounds()) {
      add(new Counts(0, 0, 0, 0, 0, 0, begun.round - counts.rounds()));
    }
  }

  private synchronized void add(Counts more) {
    counts = counts.plus(more);
  }
}
