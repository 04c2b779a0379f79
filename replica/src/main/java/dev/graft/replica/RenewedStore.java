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

/**
 * A store to read from over a way that can be given up. Safe for use by many threads.
 *
 * <p>It writes nothing: what the engine puts while it answers (leaves of a map that are too large
 * for an answer) stays in this object, which is where this process reads it from. So a replica
 * needs no right to write.
 */
final class RenewedStore implements ObjectStore {
  private final Renewed<ObjectStore> way;
  private final OwnObjects own = new OwnObjects();

  RenewedStore(Renewed<ObjectStore> way) {
    this.way = way;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    byte[] mine = own.get(key);
    return mine == null
        ? way.using(store -> store.get(key, offset, maxBytes))
        : OwnObjects.cut(mine, offset, maxBytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return own.put(key, bytes) ? new PutOutcome.Created() : new PutOutcome.AlreadyExists();
  }

  @Override
  public Optional<Hash> sha256(ObjectKey key) {
    byte[] mine = own.get(key);
    return mine == null ? way.using(store -> store.sha256(key)) : Optional.of(Hash.sha256(mine));
  }

  @Override
  public boolean listsInOrder() {
    return way.using(ObjectStore::listsInOrder);
  }

  /** Only logs are listed, which hold nothing of its own. */
  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return way.using(store -> store.list(prefix, startAfter, maxKeys));
  }

  @Override
  public void delete(ObjectKey key) {
    throw new GraftException.Unauthorized("a read replica deletes nothing: not " + key);
  }
}
