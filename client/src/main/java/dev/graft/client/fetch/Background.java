package dev.graft.client.fetch;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Work that nobody waits for, a bounded number of pieces at a time, in the order in which it came.
 * Safe for use by many threads.
 */
public final class Background {
  /** The most pieces that wait; more are refused: they are only hopes. */
  public static final int MAX_WAITING = 1024;

  private final Concurrency concurrency;
  private final int maxRunning;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private final List<Task<Void>> workers = new ArrayList<>();
  private int running;
  private boolean closed;

  /**
   * Starts nothing yet.
   *
   * @param maxRunning the most pieces at one time
   */
  public Background(Concurrency concurrency, int maxRunning) {
    this.concurrency = concurrency;
    this.maxRunning = maxRunning;
  }

  /**
   * Hands in a piece of work; that it fails is told to nobody.
   *
   * @return whether it was taken
   */
  public boolean submit(Runnable work) {
    boolean startWorker;
    synchronized (this) {
      if (closed || waiting.size() >= MAX_WAITING) {
        return false;
      }
      waiting.add(work);
      startWorker = running < maxRunning;
      if (startWorker) {
        running++;
      }
    }
    if (startWorker) {
      Task<Void> worker = concurrency.fork("background", this::drain);
      synchronized (this) {
        workers.removeIf(Task::isDone);
        workers.add(worker);
      }
    }
    return true;
  }

  @SuppressWarnings("NullAway") // a task without a value gives null
  private Void drain() {
    while (true) {
      Runnable work;
      synchronized (this) {
        work = waiting.poll();
        if (work == null) {
          running--;
          return null;
        }
      }
      try {
        work.run();
      } catch (RuntimeException e) {
        // A hope that failed is nobody's answer: whoever needs the thing asks for it and is told.
        continue;
      }
    }
  }

  /** Takes no more work, forgets what has not begun and waits for what has. */
  public void close() throws InterruptedException {
    List<Task<Void>> begun;
    synchronized (this) {
      closed = true;
      waiting.clear();
      begun = List.copyOf(workers);
    }
    concurrency.awaitAll(begun);
  }
}
