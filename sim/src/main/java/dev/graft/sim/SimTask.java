package dev.graft.sim;

import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A task of {@link SimConcurrency}. Its fields belong to whoever holds the baton; handing the baton
 * on publishes them.
 */
final class SimTask<T> implements Task<T>, Promise<T> {
  private sealed interface Outcome<T> {}

  private record Gave<T>(T value) implements Outcome<T> {}

  private record Failed<T>(Throwable cause) implements Outcome<T> {}

  /** Name and number: unique in its simulation. */
  final String name;

  /** Gives the baton to the thread of this task. */
  final Semaphore turn = new Semaphore(0);

  /** Who waits for the end of this task. */
  final Set<SimTask<?>> waiters = new LinkedHashSet<>();

  /** Whether it waits for a task or for time, and is not to be chosen. */
  boolean parked;

  /** Counts its waits, so that an alarm of a wait that has ended is known. */
  long waits;

  /** For whom it works. */
  Errand errand = Errand.NONE;

  /** What it waits for, in words. */
  String waitsFor = "its first turn";

  private final Baton owner;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Outcome<T> outcome;
  private volatile boolean asked;

  SimTask(Baton owner, String name) {
    this.owner = owner;
    this.name = name;
  }

  @Nullable Thread thread() {
    return thread;
  }

  /** Runs the body on this thread to its end, whichever it is. */
  void run(Callable<T> body) {
    thread = Thread.currentThread();
    try {
      outcome = new Gave<>(body.call());
    } catch (Throwable e) {
      outcome = new Failed<>(e);
    }
    thread = null;
  }

  /** Ends a task that has not begun. */
  void stop() {
    outcome = new Failed<>(new SimStopped());
  }

  /** Why it failed, when nobody has asked it for its result. */
  @Nullable Throwable untoldFailure() {
    return !asked && outcome instanceof Failed<T>(Throwable cause) ? cause : null;
  }

  boolean isOf(Baton baton) {
    return owner == baton;
  }

  @Override
  public Task<T> task() {
    return this;
  }

  @Override
  public void complete(T value) {
    end(new Gave<>(value));
  }

  @Override
  public void fail(Throwable cause) {
    end(new Failed<>(cause));
  }

  private void end(Outcome<T> end) {
    if (outcome == null) {
      outcome = end;
      owner.ended(this);
    }
  }

  @Override
  public boolean isDone() {
    return outcome != null;
  }

  @Override
  public T result() throws ExecutionException {
    asked = true;
    return switch (outcome) {
      case null -> throw new IllegalStateException(this + " has not ended");
      case Gave<T>(T value) -> value;
      case Failed<T>(Throwable cause) -> throw new ExecutionException(this + " failed", cause);
    };
  }

  @Override
  public String toString() {
    return "task " + name;
  }
}
