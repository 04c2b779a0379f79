package dev.graft.client.http;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import dev.graft.concurrency.ThreadConcurrency;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.Callable;

/** Real threads on a clock that jumps over every sleep: pauses take no time, but count. */
final class SkippingConcurrency implements Concurrency {
  private final Concurrency threads = new ThreadConcurrency(InstantSource.system());

  /** Guarded by this. */
  private Duration skipped = Duration.ZERO;

  synchronized Duration skipped() {
    return skipped;
  }

  @Override
  public synchronized Instant instant() {
    return threads.instant().plus(skipped);
  }

  @Override
  public void sleepUntil(Instant instant) {
    synchronized (this) {
      Duration left = Duration.between(instant(), instant);
      if (!left.isNegative()) {
        skipped = skipped.plus(left);
      }
    }
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
  public boolean awaitUntil(Task<?> task, Instant deadline) throws InterruptedException {
    return threads.awaitUntil(task, deadline.minus(skipped()));
  }
}
