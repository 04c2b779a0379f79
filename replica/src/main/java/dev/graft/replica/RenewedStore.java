package dev.graft.replica;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store to read from whose connections can be given up and made anew, while what was built over
 * it keeps what it knows. Safe for use by many threads.
 *
 * <p>It writes nothing: what the engine puts while it answers (leaves of a map that are too large
 * for an answer) stays in this object, which is where this process reads it from. So a replica
 * needs no right to write.
 */
final class RenewedStore implements ObjectStore, Disconnectable {
  private final Supplier<? extends ObjectStore> open;
  private final OwnObjects own = new OwnObjects();
  private final AtomicInteger underWay = new AtomicInteger();
  private @Nullable ObjectStore current;

  RenewedStore(Supplier<? extends ObjectStore> open) {
    this.open = open;
  }

  private synchronized ObjectStore store() {
    ObjectStore now = current;
    if (now == null) {
      now = open.get();
      current = now;
    }
    return now;
  }

  private <T> T using(Function<ObjectStore, T> work) {
    underWay.incrementAndGet();
    try {
      return work.apply(store());
    } finally {
      underWay.decrementAndGet();
    }
  }

  @Override
  public boolean isIdle() {
    return underWay.get() == 0;
  }

  @Override
  public synchronized void disconnect() {
    ObjectStore before = current;
    current = null;
    if (before instanceof AutoCloseable closeable) {
      Closing.quietly(closeable);
    }
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    byte[] mine = own.get(key);
    return mine == null
        ? using(store -> store.get(key, offset, maxBytes))
        : OwnObjects.cut(mine, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return own.put(key, bytes) ? new PutOutcome.Created() : new PutOutcome.AlreadyExists();
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    byte[] mine = own.get(key);
    return mine == null ? using(store -> store.sha256(key)) : Optional.of(Hash.sha256(mine));
  }

  @Override
  public boolean listsInOrder() {
    return store().listsInOrder();
  }

  /** Only logs are listed, which hold nothing of its own. */
  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return using(store -> store.list(prefix, startAfter, maxKeys));
  }

  @Override
  public void delete(ObjectKey key) {
    throw new GraftException.Unauthorized("a read replica deletes nothing: not " + key);
  }
}
