package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A store that does something of a test's before or after the how-manieth change. */
final class HookedStore extends PassingStore {
  /** What a test throws to end a call as a crash does: nothing catches it. */
  static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Cut(String where) {
      super(where);
    }
  }

  private final int at;
  private final boolean after;
  private final Runnable hook;
  private final List<String> changes = new ArrayList<>();

  /** Puts and deletes are counted from 0. */
  HookedStore(ObjectStore store, int at, boolean after, Runnable hook) {
    super(store);
    this.at = at;
    this.after = after;
    this.hook = hook;
  }

  /** The puts and deletes that came, in order; the hook ran if there are more than {@code at}. */
  List<String> changes() {
    return changes;
  }

  private boolean isNow(String change, ObjectKey key) {
    changes.add(change + " " + key);
    return changes.size() - 1 == at;
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    boolean now = isNow("put", key);
    if (now && !after) {
      hook.run();
    }
    PutOutcome outcome = store.putIfAbsent(key, bytes, notAfter);
    if (now && after) {
      hook.run();
    }
    return outcome;
  }

  @Override
  public void delete(ObjectKey key) {
    boolean now = isNow("delete", key);
    if (now && !after) {
      hook.run();
    }
    store.delete(key);
    if (now && after) {
      hook.run();
    }
  }
}
