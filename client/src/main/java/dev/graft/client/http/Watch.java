package dev.graft.client.http;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts requests off at their deadlines. The JDK's own time-outs bound one wait for bytes, so an
 * answer whose bytes come slowly enough never ends; whoever reads a stream can look at the clock
 * between two reads, but the JDK reads the head of an answer by itself.
 *
 * <p>One task does it for all requests of a transport. It begins with a request, and ends when none
 * is under way at the next deadline that it waits for: so requests in a row share one. Safe for use
 * by many threads.
 */
final class Watch {
  private final Concurrency concurrency;

  /** Guarded by this, as all below. */
  private final Set<Watched> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

  private boolean watching;

  /** When the task looks again; it is told to look sooner by {@link #sooner}. */
  private Instant next = Instant.MIN;

  private @Nullable Promise<Boolean> sooner;

  Watch(Concurrency concurrency) {
    this.concurrency = concurrency;
  }

  /** A request under way. */
  final class Watched {
    private final Instant deadline;
    private final Runnable cut;
    private boolean late;

    private Watched(Instant deadline, Runnable cut) {
      this.deadline = deadline;
      this.cut = cut;
    }

    /** It needs no watch any more. False when it was cut off, or is about to be. */
    boolean end() {
      synchronized (Watch.this) {
        underWay.remove(this);
        return !late;
      }
    }
  }

  /**
   * Watches a request from now on.
   *
   * @param cut ends it from another thread; called once at most, and not after {@link Watched#end}
   */
  Watched begin(Instant deadline, Runnable cut) {
    Watched watched = new Watched(deadline, cut);
    Promise<Boolean> look = null;
    boolean begins;
    synchronized (this) {
      underWay.add(watched);
      begins = !watching;
      if (begins) {
        watching = true;
        next = Instant.MIN;
      } else if (deadline.isBefore(next)) {
        look = sooner;
      }
    }
    if (begins) {
      start(watched);
    } else if (look != null) {
      look.complete(true);
    }
    return watched;
  }

  private void start(Watched first) {
    try {
      concurrency.fork("deadlines of requests", this::watch);
    } catch (RuntimeException e) {
      synchronized (this) {
        watching = false;
      }
      first.end();
      throw e;
    }
  }

  private boolean watch() throws InterruptedException {
    while (true) {
      Promise<Boolean> look = concurrency.promise("an earlier deadline");
      List<Watched> late = new ArrayList<>();
      Instant until;
      synchronized (this) {
        until = takeLate(concurrency.instant(), late);
        if (underWay.isEmpty() && late.isEmpty()) {
          watching = false;
          return true;
        }
        next = until;
        sooner = look;
      }
      late.forEach(Watch::cut);
      try {
        concurrency.awaitUntil(look.task(), until);
      } catch (InterruptedException e) {
        synchronized (this) {
          watching = false;
        }
        throw e;
      }
    }
  }

  /** Takes those out that are late, under the lock. Gives the earliest deadline of the others. */
  private Instant takeLate(Instant now, List<Watched> late) {
    Instant earliest = Instant.MAX;
    for (Watched each : underWay) {
      if (now.isBefore(each.deadline)) {
        earliest = each.deadline.isBefore(earliest) ? each.deadline : earliest;
      } else {
        each.late = true;
        late.add(each);
      }
    }
    late.forEach(underWay::remove);
    return underWay.isEmpty() ? now : earliest;
  }

  private static void cut(Watched late) {
    try {
      late.cut.run();
    } catch (RuntimeException e) {
      // The JDK's connection is taken apart by its own thread meanwhile: it has ended as well.
      return;
    }
  }
}
