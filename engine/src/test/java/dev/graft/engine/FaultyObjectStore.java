package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that misbehaves as a script says: each fault hits one put of a matching key. */
final class FaultyObjectStore implements ObjectStore {
  /** What goes wrong with a put. */
  enum Fault {
    /** It lands, and the answer is lost. */
    ANSWER_LOST,
    /** It lands, and a repetition by the transport reports that something stands there. */
    OWN_WRITE_REPORTED_AS_TAKEN,
    /** It does not land, and nobody knows. */
    REQUEST_LOST,
    /** Nobody knows; it lands when {@link #landDelayed} is called, if that is not too late. */
    DELAYED,
    /** Refused for now, for certain. */
    REFUSED,
    /** Refused for good: the store is full. */
    NO_ROOM,
    /** Refused for good: the store does not know its writer any more. */
    FORBIDDEN;

    /** Those after which the same put may be certain. */
    static final List<Fault> PASSING =
        List.copyOf(EnumSet.complementOf(EnumSet.of(NO_ROOM, FORBIDDEN)));
  }

  /** What was written with a put. */
  record Put(ObjectKey key, byte[] bytes, Instant notAfter) {}

  private record Planned(String keyPart, Fault fault) {}

  private final ObjectStore store;
  private final Deque<Planned> plan = new ArrayDeque<>();
  private final List<Put> delayed = new ArrayList<>();
  private final List<Put> puts = new ArrayList<>();
  private final List<ObjectKey> deleted = new ArrayList<>();
  private boolean lists = true;
  private int writesLeft = Integer.MAX_VALUE;
  private boolean lastLands;
  private boolean dead;
  private int faultsHit;
  private @Nullable Runnable beforePut;
  private String beforePutOf = "";

  /** Whoever used the store was killed: nothing it asks for is done any more. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  FaultyObjectStore(ObjectStore store) {
    this.store = store;
  }

  /** The next puts of keys that contain the part meet these faults, one each. */
  synchronized void plan(String keyPart, Fault... faults) {
    for (Fault fault : faults) {
      plan.add(new Planned(keyPart, fault));
    }
  }

  /** How many planned faults were met since the last call. */
  synchronized int faultsHit() {
    int hit = faultsHit;
    faultsHit = 0;
    return hit;
  }

  /** The puts to come meet no faults. */
  synchronized void forgetPlan() {
    plan.clear();
  }

  /**
   * After so many puts and deletes the next one kills its caller, and so does every request after
   * it, until {@link #revive}.
   *
   * @param lands whether the one that kills is done all the same
   */
  synchronized void killAfterWrites(int writes, boolean lands) {
    writesLeft = writes;
    lastLands = lands;
  }

  /** Ends {@link #killAfterWrites}; whether it killed. */
  synchronized boolean revive() {
    boolean killed = dead;
    dead = false;
    writesLeft = Integer.MAX_VALUE;
    return killed;
  }

  /** Once, before the next put of a key that contains the part, something else happens. */
  synchronized void beforePut(String keyPart, Runnable action) {
    beforePutOf = keyPart;
    beforePut = action;
  }

  private synchronized void requireAlive() {
    if (dead) {
      throw new Killed();
    }
  }

  /** Counts a write; whether it is done. */
  private synchronized boolean writes() {
    requireAlive();
    if (writesLeft-- > 0) {
      return true;
    }
    dead = true;
    return lastLands;
  }

  /** From now on it does not list in order. */
  synchronized void stopListing() {
    lists = false;
  }

  /** Lets the delayed puts arrive; gives what became of them. */
  synchronized List<PutOutcome> landDelayed() {
    List<PutOutcome> outcomes = new ArrayList<>();
    for (Put put : delayed) {
      outcomes.add(store.putIfAbsent(put.key(), put.bytes(), put.notAfter()));
    }
    delayed.clear();
    return outcomes;
  }

  /** Every put that arrived here, in order. */
  synchronized List<Put> puts() {
    return List.copyOf(puts);
  }

  /** Every key that was deleted. */
  synchronized List<ObjectKey> deleted() {
    return List.copyOf(deleted);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    Runnable action = null;
    synchronized (this) {
      if (beforePut != null && key.value().contains(beforePutOf)) {
        action = beforePut;
        beforePut = null;
      }
    }
    if (action != null) {
      action.run();
    }
    return put(key, bytes, notAfter);
  }

  private synchronized PutOutcome put(ObjectKey key, byte[] bytes, Instant notAfter) {
    if (!writes()) {
      throw new Killed();
    }
    if (dead) {
      store.putIfAbsent(key, bytes, notAfter);
      throw new Killed();
    }
    puts.add(new Put(key, bytes.clone(), notAfter));
    Planned next = plan.peek();
    if (next == null || !key.value().contains(next.keyPart())) {
      return store.putIfAbsent(key, bytes, notAfter);
    }
    plan.remove();
    faultsHit++;
    return switch (next.fault()) {
      case ANSWER_LOST -> {
        store.putIfAbsent(key, bytes, notAfter);
        yield new PutOutcome.Unknown("the answer was lost");
      }
      case OWN_WRITE_REPORTED_AS_TAKEN -> {
        store.putIfAbsent(key, bytes, notAfter);
        yield new PutOutcome.AlreadyExists();
      }
      case REQUEST_LOST -> new PutOutcome.Unknown("the request was lost");
      case DELAYED -> {
        delayed.add(new Put(key, bytes.clone(), notAfter));
        yield new PutOutcome.Unknown("no answer in time");
      }
      case REFUSED -> throw new GraftException.Unavailable("slow down");
      case NO_ROOM -> throw new GraftException.Limit("the store is full");
      case FORBIDDEN -> throw new GraftException.Unauthorized("the credentials have expired");
    };
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    requireAlive();
    return store.get(key, offset, maxBytes);
  }

  @Override
  public synchronized boolean listsInOrder() {
    return lists && store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    if (!listsInOrder()) {
      throw new AssertionError("this store does not list in order");
    }
    requireAlive();
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public synchronized void delete(ObjectKey key) {
    boolean done = writes();
    if (dead) {
      if (done) {
        store.delete(key);
      }
      throw new Killed();
    }
    deleted.add(key);
    store.delete(key);
  }
}
