package dev.graft.engine;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.Callable;

/** Threads, and a clock that jumps to the end of every sleep. */
final class TestConcurrency implements Concurrency {
  private final TestClock clock;
  private final ThreadConcurrency threads;

  TestConcurrency(TestClock clock) {
    this.clock = clock;
    this.threads = new ThreadConcurrency(clock);
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  @Override
  public <T> Task<T> fork(String name, Callable<T> body) {
    return threads.fork(name, body);
  }

  @Override
  public <T> Promise<T> promise(String name) {
    return threads.promise(name);
  }

  @Override
  public void awaitAll(Collection<? extends Task<?>> tasks) throws InterruptedException {
    threads.awaitAll(tasks);
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) throws InterruptedException {
    return threads.awaitFirst(tasks);
  }

  @Override
  public void sleepUntil(Instant instant) {
    clock.advanceTo(instant);
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) throws InterruptedException {
    return threads.awaitUntil(task, deadline);
  }
}
