package dev.graft.replica;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.sqlite.core.DB;

/**
 * Ends a query that takes too long: SQLite is told to stop, which it does at its next instruction,
 * and the thread is interrupted, which ends a wait for a page. Close it on the query's thread.
 */
final class Deadline implements AutoCloseable {
  private static final ScheduledThreadPoolExecutor WATCH = watch();

  /** An interrupt that comes before SQLite has begun is forgotten by it: it is told again. */
  private static final long AGAIN_MILLIS = 20;

  private final DB database;
  private final Thread thread = Thread.currentThread();
  private final ScheduledFuture<?> task;

  /** Guarded by this, as is what follows. */
  private boolean over;

  private boolean expired;

  private Deadline(DB database, Duration time) {
    this.database = database;
    this.task =
        WATCH.scheduleWithFixedDelay(
            this::expire, time.toMillis(), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Starts to run for this thread. */
  static Deadline start(DB database, Duration time) {
    return new Deadline(database, time);
  }

  private static ScheduledThreadPoolExecutor watch() {
    ScheduledThreadPoolExecutor made =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("graft-deadline").factory());
    made.setRemoveOnCancelPolicy(true);
    return made;
  }

  private synchronized void expire() {
    if (over) {
      return;
    }
    expired = true;
    try {
      database.interrupt();
    } catch (java.sql.SQLException e) {
      // The connection is closed: the query is at its end.
      return;
    }
    thread.interrupt();
  }

  /** Whether the time was up before the end. */
  synchronized boolean isExpired() {
    return expired;
  }

  /** The query is over; an interrupt that came for it goes no further. */
  @Override
  public void close() {
    synchronized (this) {
      over = true;
      if (expired) {
        Thread.interrupted();
      }
    }
    task.cancel(false);
  }
}
