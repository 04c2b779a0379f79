package dev.graft.engine;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts rounds exactly: a request to the store waits until no thread has anything else left to do;
 * then all that wait are one round, and go on together. The threads are those that {@link #fork}
 * started and the one that calls.
 */
final class Lockstep implements Concurrency, ObjectStore {
  private final ObjectStore store;
  private final TestClock clock;

  /** Threads that could go on. All fields are guarded by this. */
  private int busy = 1;

  private int waiting;
  private int rounds;

  Lockstep(ObjectStore store, TestClock clock) {
    this.store = store;
    this.clock = clock;
  }

  synchronized int rounds() {
    return rounds;
  }

  private final class Step<T> implements Task<T> {
    private final Callable<T> body;
    private boolean done;
    private @Nullable T value;
    private @Nullable Throwable failure;

    /** How many wait in awaitAll for this one as the last; they are busy again when it ends. */
    private int sleepers;

    Step(Callable<T> body) {
      this.body = body;
    }

    void run() {
      T got = null;
      Throwable thrown = null;
      try {
        got = body.call();
      } catch (Throwable e) {
        thrown = e;
      }
      synchronized (Lockstep.this) {
        value = got;
        failure = thrown;
        done = true;
        busy += sleepers - 1;
        Lockstep.this.notifyAll();
        releaseIfIdle();
      }
    }

    @Override
    public boolean isDone() {
      synchronized (Lockstep.this) {
        return done;
      }
    }

    @Override
    @SuppressWarnings("NullAway") // a task may give null
    public T result() throws ExecutionException {
      synchronized (Lockstep.this) {
        if (failure != null) {
          throw new ExecutionException(failure);
        }
        return value;
      }
    }
  }

  @Override
  public <T> Task<T> fork(String name, Callable<T> body) {
    Step<T> step = new Step<>(body);
    synchronized (this) {
      busy++;
    }
    Thread.ofVirtual().name(name).start(step::run);
    return step;
  }

  @Override
  public synchronized void awaitAll(Collection<? extends Task<?>> tasks)
      throws InterruptedException {
    for (Task<?> task : tasks) {
      Step<?> step = (Step<?>) task;
      if (!step.done) {
        step.sleepers++;
        busy--;
        releaseIfIdle();
        while (!step.done) {
          wait();
        }
      }
    }
  }

  private synchronized <T> T round(Supplier<T> request) {
    int mine = rounds + 1;
    waiting++;
    busy--;
    releaseIfIdle();
    while (rounds < mine) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return request.get();
  }

  private void releaseIfIdle() {
    if (busy == 0 && waiting > 0) {
      rounds++;
      busy = waiting;
      waiting = 0;
      notifyAll();
    }
  }

  @Override
  public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
    return round(() -> store.get(key, offset, maxBytes));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
    return round(() -> store.putIfAbsent(key, bytes, notAfter));
  }

  @Override
  public boolean listsInOrder() {
    return store.listsInOrder();
  }

  @Override
  public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
    return round(() -> store.list(prefix, startAfter, maxKeys));
  }

  @Override
  public void delete(ObjectKey key) {
    store.delete(key);
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  @Override
  public <T> Promise<T> promise(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sleepUntil(Instant instant) {
    clock.advanceTo(instant);
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) {
    throw new UnsupportedOperationException();
  }
}
