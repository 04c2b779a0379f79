package dev.graft.functions.service;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.Callable;

/** Threads on a clock that a test sets: whoever sleeps sets it forward. */
final class Hasty implements Concurrency {
  private final Bench.Clock clock;
  private final ThreadConcurrency threads;

  Hasty(Bench.Clock clock) {
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
    Duration rest = Duration.between(clock.instant(), instant);
    if (rest.isPositive()) {
      clock.advance(rest);
    }
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) throws InterruptedException {
    threads.awaitAll(java.util.List.of(task));
    return true;
  }
}
