package dev.graft.concurrency;

import java.util.concurrent.ExecutionException;

/**
 * Work that was started with {@link Concurrency#fork}.
 *
 * @param <T> what it gives
 */
public interface Task<T> {
  /** Whether it has ended, well or not. */
  boolean isDone();

  /**
   * What it gave. Does not wait.
   *
   * @throws IllegalStateException when it has not ended
   * @throws ExecutionException when it ended with an exception, which is the cause
   */
  T result() throws ExecutionException;
}
