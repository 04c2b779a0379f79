package dev.graft.client.local;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import dev.graft.protocol.error.GraftException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lets threads share syncs of a log: who comes while one goes on waits for the next, which serves
 * all that came meanwhile. Safe for use by many threads.
 */
final class GroupSync {
  private final Concurrency concurrency;
  private final Supplier<LocalDisk.Log> log;
  private final List<Promise<Boolean>> waiting = new ArrayList<>();
  private boolean running;
  private long synced;

  /** All that was added up to here since the last good sync may be lost. */
  private long failed;

  private long syncs;

  GroupSync(Concurrency concurrency, Supplier<LocalDisk.Log> log, long synced) {
    this.concurrency = concurrency;
    this.log = log;
    this.synced = synced;
  }

  /** How many syncs were made. */
  synchronized long syncs() {
    return syncs;
  }

  /** The log's size up to which everything outlives a power cut. */
  synchronized long synced() {
    return synced;
  }

  /** The log was cut or replaced, and all of it is durable. */
  synchronized void restart(long sizeBytes) {
    synced = sizeBytes;
    failed = 0;
  }

  /** What a failed sync may have lost was cut off. */
  synchronized void forgive() {
    failed = 0;
  }

  /**
   * Returns when the log is durable up to that size.
   *
   * @throws GraftException when the disk did not do it: what was not durable before has to be cut
   */
  void upTo(long sizeBytes) {
    while (true) {
      Promise<Boolean> mine = null;
      synchronized (this) {
        if (synced >= sizeBytes) {
          return;
        }
        if (failed >= sizeBytes) {
          throw new GraftException.Unavailable("the local log could not be synced to the disk");
        }
        if (running) {
          mine = concurrency.promise("sync");
          waiting.add(mine);
        } else {
          running = true;
        }
      }
      if (mine == null) {
        lead();
      } else {
        await(mine);
      }
    }
  }

  private void lead() {
    LocalDisk.Log now = log.get();
    long target = now.sizeBytes();
    boolean done = false;
    try {
      now.sync();
      done = true;
    } finally {
      List<Promise<Boolean>> served;
      synchronized (this) {
        syncs++;
        running = false;
        if (done) {
          synced = Math.max(synced, target);
        } else {
          failed = Math.max(failed, target);
        }
        served = List.copyOf(waiting);
        waiting.clear();
      }
      served.forEach(promise -> promise.complete(true));
    }
  }

  /** A sync is short, and what was added is in the log: an interrupt waits, too. */
  private void await(Promise<Boolean> mine) {
    boolean interrupted = false;
    while (true) {
      try {
        concurrency.awaitAll(List.of(mine.task()));
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
