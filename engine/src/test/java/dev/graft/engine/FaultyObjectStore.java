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
import java.util.List;

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
    REFUSED
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

  FaultyObjectStore(ObjectStore store) {
    this.store = store;
  }

  /** The next puts of keys that contain the part meet these faults, one each. */
  synchronized void plan(String keyPart, Fault... faults) {
    for (Fault fault : faults) {
      plan.add(new Planned(keyPart, fault));
    }
  }

  /** The puts to come meet no faults. */
  synchronized void forgetPlan() {
    plan.clear();
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
  public synchronized PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    puts.add(new Put(key, bytes.clone(), notAfter));
    Planned next = plan.peek();
    if (next == null || !key.value().contains(next.keyPart())) {
      return store.putIfAbsent(key, bytes, notAfter);
    }
    plan.remove();
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
    };
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
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
    return store.list(prefix, startAfter, maxKeys);
  }

  @Override
  public synchronized void delete(ObjectKey key) {
    deleted.add(key);
    store.delete(key);
  }
}
