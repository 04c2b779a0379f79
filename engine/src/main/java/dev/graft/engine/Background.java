package dev.graft.engine;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Work that nobody waits for and that may be left undone: rollups and checkpoints. At most {@link
 * #MAX_RUNNING} pieces run at once; what comes on top is dropped, for the next reader finds the gap
 * and fills it. One piece of work runs once at a time. Safe for use by many threads.
 */
final class Background {
  /** How many pieces may run at once. */
  static final int MAX_RUNNING = 16;

  private final Concurrency concurrency;
  private final EngineOptions.Upkeep mode;
  private final @Nullable UpkeepPort elsewhere;

  /** Guarded by this. */
  private final Set<UpkeepTask> running = new HashSet<>();

  /** Guarded by this. */
  private final List<Task<?>> tasks = new ArrayList<>();

  /** Guarded by this. */
  private long failures;

  /** Guarded by this. */
  private @Nullable RuntimeException lastFailure;

  /**
   * @param elsewhere takes the work; null when it is done here
   */
  Background(Concurrency concurrency, EngineOptions.Upkeep mode, @Nullable UpkeepPort elsewhere) {
    this.concurrency = concurrency;
    this.mode = mode;
    this.elsewhere = elsewhere;
  }

  /**
   * Starts work, does it at once, or asks for it elsewhere, as the options say.
   *
   * @param what is compared by equality: the same work is not started while it runs
   */
  void run(UpkeepTask what, Runnable work) {
    if (mode == EngineOptions.Upkeep.OFF) {
      return;
    }
    synchronized (this) {
      tasks.removeIf(Task::isDone);
      if (running.size() >= MAX_RUNNING || !running.add(what)) {
        return;
      }
    }
    UpkeepPort port = elsewhere;
    if (port != null) {
      guarded(what, () -> port.ask(what));
      return;
    }
    if (mode == EngineOptions.Upkeep.INLINE) {
      guarded(what, work);
      return;
    }
    Task<Boolean> task =
        concurrency.fork(
            "upkeep " + what,
            () -> {
              guarded(what, work);
              return true;
            });
    synchronized (this) {
      tasks.add(task);
    }
  }

  /** Waits until all that was started has ended, and all that it started. */
  void quiesce() throws InterruptedException {
    while (true) {
      List<Task<?>> waiting;
      synchronized (this) {
        tasks.removeIf(Task::isDone);
        waiting = List.copyOf(tasks);
      }
      if (waiting.isEmpty()) {
        return;
      }
      concurrency.awaitAll(waiting);
    }
  }

  /** How many pieces of work ended with a failure. */
  synchronized long failures() {
    return failures;
  }

  /** The last of these failures. */
  synchronized @Nullable RuntimeException lastFailure() {
    return lastFailure;
  }

  /** Best effort: a failure is counted and kept, and whoever needs the result makes it again. */
  private void guarded(UpkeepTask what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      synchronized (this) {
        failures++;
        lastFailure = e;
      }
    } finally {
      synchronized (this) {
        running.remove(what);
      }
    }
  }
}
