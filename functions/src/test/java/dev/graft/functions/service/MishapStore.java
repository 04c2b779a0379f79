package dev.graft.functions.service;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A store whose writes meet with a mishap when a test says so. Safe for use by many threads. */
final class MishapStore implements ObjectStore {
  /** What becomes of a write. */
  enum Kind {
    /** Whoever writes ends, before the write. */
    CUT_BEFORE,
    /** Whoever writes ends, behind the write. */
    CUT_AFTER,
    /** It never arrives, and nobody knows. */
    LOST,
    /** It lands, and nobody knows. */
    ANSWER_LOST,
    /** It lands, and is told to have found itself there. */
    TOLD_TAKEN
  }

  private @Nullable ObjectStore store;
  private @Nullable Kind kind;
  private int after;
  private int left;
  private boolean deleteFails;
  private @Nullable ObjectKey watched;
  private Runnable hook = () -> {};

  synchronized void over(ObjectStore under) {
    store = under;
  }

  /**
   * One write will meet with it.
   *
   * @param writes how many are to pass before
   */
  synchronized void strike(Kind what, int writes) {
    kind = what;
    after = writes;
    left = 1;
  }

  /** How many of the mishaps that were asked for have not happened; they will not any more. */
  synchronized int left() {
    int still = left;
    left = 0;
    return still;
  }

  /** The next deletion ends whoever asks for it. */
  synchronized void failDelete() {
    deleteFails = true;
  }

  /** Once, before something is written there. */
  synchronized void before(ObjectKey key, Runnable what) {
    watched = key;
    hook = what;
  }

  private synchronized ObjectStore store() {
    return Objects.requireNonNull(store);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    takeHook(key).run();
    @Nullable Kind now = next();
    if (now == null) {
      return store().putIfAbsent(key, bytes, notAfter);
    }
    if (now != Kind.CUT_BEFORE && now != Kind.LOST) {
      PutOutcome landed = store().putIfAbsent(key, bytes, notAfter);
      if (!(landed instanceof PutOutcome.Created)) {
        throw new AssertionError(key + " was there already");
      }
    }
    return switch (now) {
      case CUT_BEFORE, CUT_AFTER -> throw new IllegalStateException("cut, as was asked for");
      case LOST, ANSWER_LOST -> new PutOutcome.Unknown("lost, as was asked for");
      case TOLD_TAKEN -> new PutOutcome.AlreadyExists();
    };
  }

  private synchronized Runnable takeHook(ObjectKey key) {
    if (!key.equals(watched)) {
      return () -> {};
    }
    watched = null;
    return hook;
  }

  /** What this write meets with. */
  private synchronized @Nullable Kind next() {
    if (left == 0 || after-- > 0) {
      return null;
    }
    left = 0;
    return kind;
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return store().get(key, offset, maxBytes);
  }

  @Override
  public boolean listsInOrder() {
    return store().listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return store().list(prefix, startAfter, maxKeys);
  }

  @Override
  public void delete(ObjectKey key) {
    if (takeFailure()) {
      throw new IllegalStateException("cut, as was asked for");
    }
    store().delete(key);
  }

  private synchronized boolean takeFailure() {
    boolean fails = deleteFails;
    deleteFails = false;
    return fails;
  }
}
