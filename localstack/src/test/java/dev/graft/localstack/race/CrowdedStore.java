package dev.graft.localstack.race;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * A store that does only so much: a few workers, each of which takes so long over a request, and
 * one queue before them. The more is asked of it, the longer everybody waits. Safe for use by many
 * threads.
 */
final class CrowdedStore implements ObjectStore {
  private final ObjectStore store;
  private final Concurrency concurrency;
  private final Duration service;

  /** When each worker has done what it was given. Guarded by itself. */
  private final PriorityQueue<Instant> free = new PriorityQueue<>(Comparator.naturalOrder());

  /** The longest that anybody waited. Guarded by {@code free}. */
  private Duration longest = Duration.ZERO;

  /**
   * @param workers how many requests are served at once
   * @param service how long one takes
   */
  CrowdedStore(ObjectStore store, Concurrency concurrency, int workers, Duration service) {
    this.store = store;
    this.concurrency = concurrency;
    this.service = service;
    for (int i = 0; i < workers; i++) {
      free.add(Instant.MIN);
    }
  }

  /** The longest that anybody waited for an answer. */
  Duration longestWait() {
    synchronized (free) {
      return longest;
    }
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    queue();
    return store.get(key, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    queue();
    return store.putIfAbsent(key, bytes, notAfter);
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    queue();
    return store.sha256(key);
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    queue();
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    queue();
    store.delete(key);
  }

  private void queue() {
    Instant done;
    synchronized (free) {
      Instant now = concurrency.instant();
      Instant worker = free.remove();
      done = (worker.isAfter(now) ? worker : now).plus(service);
      free.add(done);
      Duration waited = Duration.between(now, done);
      longest = waited.compareTo(longest) > 0 ? waited : longest;
    }
    try {
      concurrency.sleepUntil(done);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted before the request was sent", e);
    }
  }
}
