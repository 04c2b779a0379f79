package dev.graft.engine;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** One wait for many reads: they run side by side, and the caller waits for all. */
final class Rounds {
  /** No more run at once; what is more goes in several rounds. */
  static final int MAX_PARALLEL = 512;

  private final Concurrency concurrency;

  Rounds(Concurrency concurrency) {
    this.concurrency = concurrency;
  }

  /** The clock. */
  Instant now() {
    return concurrency.instant();
  }

  /**
   * Applies the read to every item, in parallel.
   *
   * @return the results in the order of the items
   * @throws GraftException of the first item, in their order, whose read failed, after all ended
   */
  <I, T> List<T> each(String name, List<I> items, Function<I, T> read) {
    List<Callable<T>> reads = new ArrayList<>(items.size());
    for (I item : items) {
      reads.add(() -> read.apply(item));
    }
    return all(name, reads);
  }

  /** Runs the reads in parallel, see {@link #each}. */
  <T> List<T> all(String name, List<Callable<T>> reads) {
    if (reads.size() == 1) {
      return List.of(call(reads.getFirst()));
    }
    List<T> results = new ArrayList<>(reads.size());
    for (int from = 0; from < reads.size(); from += MAX_PARALLEL) {
      results.addAll(batch(name, reads.subList(from, Math.min(reads.size(), from + MAX_PARALLEL))));
    }
    return results;
  }

  private <T> List<T> batch(String name, List<Callable<T>> reads) {
    List<Task<T>> tasks = new ArrayList<>(reads.size());
    for (Callable<T> read : reads) {
      tasks.add(concurrency.fork(name, read));
    }
    await(tasks);
    List<T> results = new ArrayList<>(tasks.size());
    for (Task<T> task : tasks) {
      results.add(resultOf(task));
    }
    return results;
  }

  /** Starts work that another read of the same round will be waited for with. */
  <T> Task<T> start(String name, Callable<T> body) {
    return concurrency.fork(name, body);
  }

  /** Waits for the end of tasks. */
  void await(List<? extends Task<?>> tasks) {
    try {
      concurrency.awaitAll(tasks);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits until the clock shows the instant. */
  void sleepUntil(Instant instant) {
    try {
      concurrency.sleepUntil(instant);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** What an ended task gave, its failure thrown as it was. */
  static <T> T resultOf(Task<T> task) {
    try {
      return task.result();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new GraftException.Unavailable("a read failed: " + e, e);
      }
    }
  }

  private static <T> T call(Callable<T> read) {
    try {
      return read.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new GraftException.Unavailable("a read failed: " + e, e);
    }
  }

  private static GraftException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new GraftException.Unavailable("the waiting thread was interrupted; try again", e);
  }
}
