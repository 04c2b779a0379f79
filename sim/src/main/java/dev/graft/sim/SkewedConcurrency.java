package dev.graft.sim;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.Callable;

/** A concurrency as one machine sees it whose clock is off. */
public final class SkewedConcurrency implements Concurrency {
  private final Concurrency target;
  private final Duration ahead;

  /**
   * A machine.
   *
   * @param ahead by how much its clock is ahead; negative for behind
   */
  public SkewedConcurrency(Concurrency target, Duration ahead) {
    this.target = target;
    this.ahead = ahead;
  }

  @Override
  public Instant instant() {
    return target.instant().plus(ahead);
  }

  @Override
  public <T> Task<T> fork(String name, Callable<T> body) {
    return target.fork(name, body);
  }

  @Override
  public <T> Promise<T> promise(String name) {
    return target.promise(name);
  }

  @Override
  public void awaitAll(Collection<? extends Task<?>> tasks) throws InterruptedException {
    target.awaitAll(tasks);
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) throws InterruptedException {
    return target.awaitFirst(tasks);
  }

  @Override
  public void sleepUntil(Instant instant) throws InterruptedException {
    target.sleepUntil(instant.minus(ahead));
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) throws InterruptedException {
    return target.awaitUntil(task, deadline.minus(ahead));
  }
}
