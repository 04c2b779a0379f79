package dev.graft.client.turn;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.protocol.error.GraftException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lets one piece of work run at a time, in the order of asking, and may be held across requests: it
 * is no lock of the JVM but a queue of promises. Not to be taken twice by one thread.
 */
public final class Turn {
  private final Concurrency concurrency;
  private final ArrayDeque<Promise<Boolean>> waiting = new ArrayDeque<>();
  private boolean taken;

  /** Free at first. */
  public Turn(Concurrency concurrency) {
    this.concurrency = concurrency;
  }

  /**
   * Runs the work when everybody who asked before is done.
   *
   * @throws GraftException.Unavailable when the wait was interrupted; the work was not begun
   */
  public <T> T run(Supplier<T> work) {
    enter();
    try {
      return work.get();
    } finally {
      leave();
    }
  }

  private void enter() {
    Promise<Boolean> mine;
    synchronized (this) {
      if (!taken) {
        taken = true;
        return;
      }
      mine = concurrency.promise("turn");
      waiting.add(mine);
    }
    try {
      concurrency.awaitAll(List.of(mine.task()));
    } catch (InterruptedException e) {
      giveUp(mine);
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted while waiting for its turn", e);
    }
  }

  private void giveUp(Promise<Boolean> mine) {
    boolean wasWaiting;
    synchronized (this) {
      wasWaiting = waiting.remove(mine);
    }
    if (!wasWaiting) {
      // It was handed over in the very moment.
      leave();
    }
  }

  private void leave() {
    Promise<Boolean> next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        taken = false;
      }
    }
    if (next != null) {
      next.complete(true);
    }
  }
}
