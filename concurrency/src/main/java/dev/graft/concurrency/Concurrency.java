package dev.graft.concurrency;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.Callable;

/**
 * The only way in which engine and client start work beside their own, wait for it, and wait for
 * time to pass. Threads in production ({@link ThreadConcurrency}); in the simulator one task at a
 * time, chosen by a seed.
 *
 * <p>No lock is held across any of these calls, nor across I/O. An interrupt of a waiting thread
 * ends the wait with {@link InterruptedException}; the tasks go on.
 */
public interface Concurrency extends InstantSource {
  /**
   * Starts a task. It may begin before this returns, or later.
   *
   * @param name for traces and thread names
   */
  <T> Task<T> fork(String name, Callable<T> body);

  /**
   * Makes a task that the caller ends by hand. Does not wait; may be called under a lock.
   *
   * @param name for traces
   */
  <T> Promise<T> promise(String name);

  /** Waits until each of the tasks has ended, in whichever way. */
  void awaitAll(Collection<? extends Task<?>> tasks) throws InterruptedException;

  /** Waits until one of the tasks has ended and returns it; when several have, any of them. */
  <T> Task<T> awaitFirst(Collection<? extends Task<T>> tasks) throws InterruptedException;

  /** Waits until the clock of this object shows the instant or a later one. */
  void sleepUntil(Instant instant) throws InterruptedException;

  /**
   * Waits until the task has ended or the deadline has come.
   *
   * @return whether it has ended
   */
  boolean awaitUntil(Task<?> task, Instant deadline) throws InterruptedException;
}
