package dev.graft.concurrency;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Concurrency on platform threads: each running task has a thread of its own, so no task ever waits
 * for another one's thread. Threads are daemons and are used again while they are young.
 *
 * <p>Platform threads and not virtual ones, because SQLite calls back into Java and waits there: a
 * native frame pins the carrier of a virtual thread, and as few as one such wait for each processor
 * would then stop every virtual thread that could end it.
 *
 * <p>Waits take real time. They are cut into pieces of at most a minute, after which the clock is
 * asked again, so that a clock that was set forward is noticed.
 */
public final class ThreadConcurrency implements Concurrency {
  /** The most tasks that can run at once: beyond it a program has lost count of its work. */
  public static final int MAX_RUNNING_TASKS = 4096;

  private static final Duration IDLE_THREAD_LIFE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PIECE = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final ThreadPoolExecutor threads;

  /**
   * Starts no thread yet.
   *
   * @param clock {@link InstantSource#system()} in production; its seconds are taken to be real
   */
  public ThreadConcurrency(InstantSource clock) {
    this.clock = clock;
    this.threads =
        new ThreadPoolExecutor(
            0,
            MAX_RUNNING_TASKS,
            IDLE_THREAD_LIFE.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("graft-idle").factory());
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when {@link #MAX_RUNNING_TASKS} are running
   */
  @Override
  public <T> Task<T> fork(String name, Callable<T> body) {
    var task = new ThreadTask<>(name, body);
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException(
          "cannot start " + name + ": " + MAX_RUNNING_TASKS + " tasks are running already", e);
    }
    return task;
  }

  @Override
  public <T> Promise<T> promise(String name) {
    return new ThreadTask<>(name, null);
  }

  @Override
  public void awaitAll(Collection<? extends Task<?>> tasks) throws InterruptedException {
    for (Task<?> task : tasks) {
      ThreadTask.of(task).ended.await();
    }
  }

  @Override
  public <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) throws InterruptedException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("cannot wait for the first of no tasks");
    }
    List<ThreadTask<?>> awaited = new ArrayList<>(tasks.size());
    for (Task<T> task : tasks) {
      awaited.add(ThreadTask.of(task));
    }
    var oneEnded = new CountDownLatch(1);
    try {
      awaited.forEach(task -> task.tellEnd(oneEnded));
      oneEnded.await();
    } finally {
      awaited.forEach(task -> task.forget(oneEnded));
    }
    for (Task<T> task : tasks) {
      if (task.isDone()) {
        return task;
      }
    }
    throw new AssertionError("a task told its end and has not ended");
  }

  @Override
  public void sleepUntil(Instant instant) throws InterruptedException {
    awaitLatchUntil(new CountDownLatch(1), instant);
  }

  @Override
  public boolean awaitUntil(Task<?> task, Instant deadline) throws InterruptedException {
    return awaitLatchUntil(ThreadTask.of(task).ended, deadline);
  }

  private boolean awaitLatchUntil(CountDownLatch latch, Instant deadline)
      throws InterruptedException {
    while (true) {
      Duration rest = Duration.between(clock.instant(), deadline);
      if (!rest.isPositive()) {
        return latch.getCount() == 0;
      }
      Duration piece = rest.compareTo(LONGEST_PIECE) < 0 ? rest : LONGEST_PIECE;
      if (latch.await(piece.toNanos(), TimeUnit.NANOSECONDS)) {
        return true;
      }
    }
  }
}
