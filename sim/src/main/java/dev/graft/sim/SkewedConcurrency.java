package dev.graft.sim;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.concurrency.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.Callable;

/** The simulation's concurrency as one machine sees it whose clock is off. */
public final class SkewedConcurrency implements Concurrency {
  private final SimConcurrency sim;
  private final Duration ahead;
  private final FaultHits hits;

  /**
   * A machine.
   *
   * @param ahead by how much its clock is ahead; negative for behind
   * @param hits counts each time that the wrong clock is looked at
   */
  public SkewedConcurrency(SimConcurrency sim, Duration ahead, FaultHits hits) {
    this.sim = sim;
    this.ahead = ahead;
    this.hits = hits;
  }

  @Override
  public Instant instant() {
    if (!ahead.isZero()) {
      hits.add(Fault.CLOCK_SKEW);
    }
    return sim.instant().plus(ahead);
  }

  @Override
  public <T> Task<T> fork(String name, Callable<T> body) {
    return sim.fork(name, body);
  }

  @Override
  public <T> Promise<T> promise(String name) {
    return sim.promise(name);
  }

  @Override
  public void awaitAll(Collection<? extends Task<?>> tasks) {
    sim.awaitAll(tasks);
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) {
    return sim.awaitFirst(tasks);
  }

  @Override
  public void sleepUntil(Instant instant) {
    sim.sleepUntil(instant.minus(ahead));
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) {
    return sim.awaitUntil(task, deadline.minus(ahead));
  }
}
