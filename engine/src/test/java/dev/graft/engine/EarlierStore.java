package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.util.List;

/** A store as it was when a commit was the head of a volume: later ones are not there. */
final class EarlierStore extends PassingStore {
  private final VolumeId volume;
  private volatile long head;

  EarlierStore(ObjectStore store, VolumeId volume, long head) {
    super(store);
    this.volume = volume;
    this.head = head;
  }

  /** Lets time pass until that commit is the head. */
  void setHead(long lsn) {
    head = lsn;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    GetOutcome outcome = store.get(key, offset, maxBytes);
    boolean later = key.value().startsWith(Keys.logPrefix(volume)) && Keys.numberOf(key) > head;
    return later ? new GetOutcome.Missing() : outcome;
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    List<ObjectKey> keys = store.list(prefix, startAfter, maxKeys);
    return prefix.equals(Keys.logPrefix(volume))
        ? List.of(Keys.commit(volume, new Lsn(head)))
        : keys;
  }
}
