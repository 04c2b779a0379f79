package dev.graft.functions.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.wire.WireReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * A store of which what was read is kept while there is room: objects never change, so what was
 * there once is right for ever. That nothing was there is not kept, nor is what does not prove
 * itself: damaged on its way once, it would stay damaged. Safe for use by many threads.
 */
public final class CachedObjects implements ObjectStore {
  /** What an entry takes beside its bytes. */
  private static final int ENTRY_BYTES = 256;

  private final ObjectStore store;
  private final Predicate<ObjectKey> keeps;
  private final int maxEntryBytes;
  private final Cache<Range, GetOutcome.Found> kept;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  private record Range(ObjectKey key, long offset, int maxBytes) {}

  /**
   * A store before another one.
   *
   * @param maxBytes all that is kept together; no read of more than a sixteenth of it is kept
   * @param keeps whose bytes are kept
   */
  public CachedObjects(ObjectStore store, long maxBytes, Predicate<ObjectKey> keeps) {
    this.store = store;
    this.keeps = keeps;
    this.maxEntryBytes = (int) Math.min(maxBytes / 16, Integer.MAX_VALUE);
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Range range, GetOutcome.Found found) -> ENTRY_BYTES + found.bytes().length)
            .executor(Runnable::run)
            .build();
  }

  /** How many reads needed no store. */
  public long hits() {
    return hits.sum();
  }

  /** How many reads of such objects went to the store. */
  public long misses() {
    return misses.sum();
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    if (!keeps.test(key) || maxBytes == 0) {
      return store.get(key, offset, maxBytes);
    }
    Range range = new Range(key, offset, maxBytes);
    GetOutcome.Found known = kept.getIfPresent(range);
    if (known != null) {
      hits.increment();
      return new GetOutcome.Found(known.bytes().clone(), known.totalBytes());
    }
    misses.increment();
    GetOutcome outcome = store.get(key, offset, maxBytes);
    if (outcome instanceof GetOutcome.Found found
        && found.bytes().length <= maxEntryBytes
        && provesItself(found.bytes())) {
      kept.put(range, new GetOutcome.Found(found.bytes().clone(), found.totalBytes()));
    }
    return outcome;
  }

  /** Whether the bytes are a whole object with a checksum over all, or whole frames in a row. */
  private static boolean provesItself(byte[] bytes) {
    if (isSealed(bytes, 0, bytes.length)) {
      return true;
    }
    int at = 0;
    while (at < bytes.length) {
      int length;
      try {
        length = Frame.lengthBytes("a range", bytes, at, bytes.length - at);
      } catch (GraftException e) {
        return false;
      }
      if (!isSealed(bytes, at, length)) {
        return false;
      }
      at += length;
    }
    return true;
  }

  private static boolean isSealed(byte[] bytes, int offset, int length) {
    try {
      WireReader.sealed("a range", bytes, offset, length);
      return true;
    } catch (GraftException.Corrupt e) {
      return false;
    }
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return store.putIfAbsent(key, bytes, notAfter);
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    return store.sha256(key);
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    store.delete(key);
  }
}
