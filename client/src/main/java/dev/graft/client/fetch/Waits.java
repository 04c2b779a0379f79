package dev.graft.client.fetch;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Waits for tasks and gives on what became of them in this product's own terms. */
public final class Waits {
  private Waits() {}

  /**
   * Waits for the task.
   *
   * @return its value
   * @throws GraftException the task's own failure, or unavailable when the wait was interrupted
   */
  public static <T> T result(Concurrency concurrency, Task<T> task) {
    await(concurrency, List.of(task));
    try {
      return task.result();
    } catch (ExecutionException e) {
      throw rethrown(e);
    }
  }

  /** Waits until all tasks have ended, in whichever way. */
  public static void await(Concurrency concurrency, List<? extends Task<?>> tasks) {
    try {
      concurrency.awaitAll(tasks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("the wait was interrupted", e);
    }
  }

  private static RuntimeException rethrown(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case Error cause -> throw cause;
      case null -> new IllegalStateException(e);
      default -> new GraftException.Unavailable("the work failed: " + e.getCause(), e.getCause());
    };
  }
}
