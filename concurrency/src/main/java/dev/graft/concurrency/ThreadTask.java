package dev.graft.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A task of {@link ThreadConcurrency}: run once, on one thread, or ended by hand; asked by any. */
final class ThreadTask<T> implements Task<T>, Promise<T>, Runnable {
  private sealed interface Outcome<T> {}

  private record Gave<T>(T value) implements Outcome<T> {}

  private record Failed<T>(Throwable cause) implements Outcome<T> {}

  /** Open while the task has not ended. */
  final CountDownLatch ended = new CountDownLatch(1);

  private final String name;

  /**
   * Null once it has run, so that a kept task does not keep what its body holds; null from the
   * start when it is ended by hand.
   */
  private @Nullable Callable<T> body;

  private volatile @Nullable Outcome<T> outcome;

  /** Who waits for the first of several tasks; guarded by this. */
  private final List<CountDownLatch> listeners = new ArrayList<>(1);

  ThreadTask(String name, @Nullable Callable<T> body) {
    this.name = name;
    this.body = body;
  }

  static ThreadTask<?> of(Task<?> task) {
    if (task instanceof ThreadTask<?> own) {
      return own;
    }
    throw new IllegalArgumentException("this task was started by another Concurrency: " + task);
  }

  @Override
  public void run() {
    Thread.currentThread().setName("graft-" + name);
    Callable<T> work = body;
    if (work == null) {
      throw new IllegalStateException(this + " was run before");
    }
    body = null;
    Outcome<T> end;
    try {
      end = new Gave<>(work.call());
    } catch (Throwable e) {
      // Errors too: whoever asks for the result has to see them.
      end = new Failed<>(e);
    }
    // An interrupt meant for this task must not reach the thread's next one.
    Thread.interrupted();
    Thread.currentThread().setName("graft-idle");
    end(end);
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
    synchronized (this) {
      if (outcome != null) {
        return;
      }
      outcome = end;
      listeners.forEach(CountDownLatch::countDown);
      listeners.clear();
    }
    ended.countDown();
  }

  /** Opens the latch when this task ends; now, when it has. */
  synchronized void tellEnd(CountDownLatch latch) {
    if (isDone()) {
      latch.countDown();
    } else {
      listeners.add(latch);
    }
  }

  synchronized void forget(CountDownLatch latch) {
    listeners.remove(latch);
  }

  @Override
  public boolean isDone() {
    return outcome != null;
  }

  @Override
  public T result() throws ExecutionException {
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
