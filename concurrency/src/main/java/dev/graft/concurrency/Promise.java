package dev.graft.concurrency;

/**
 * A task that is ended by hand: whoever made it does the work in a thread of its own, and others
 * wait for {@link #task} as for any other. This is how several readers share one fetch without a
 * hop to another thread.
 *
 * <p>Safe for use by many threads. It ends once; a second attempt to end it is ignored.
 *
 * @param <T> what it gives
 */
public interface Promise<T> {
  /** What others wait for. */
  Task<T> task();

  /** Ends the task well. */
  void complete(T value);

  /** Ends the task with an exception, which becomes the cause that {@link Task#result} tells. */
  void fail(Throwable cause);
}
