package dev.graft.client.http;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a request until it is answered or the deadline has come, with full jitter: a pause is
 * drawn evenly from nothing up to twice as much as before. Safe for use by many threads.
 */
final class Attempts {
  private static final int MAX_DOUBLINGS = 16;

  private final RemoteAddress address;
  private final Concurrency concurrency;
  private final RandomGenerator random;
  private final HttpOptions options;
  private final Traffic traffic;

  /**
   * @param random for the jitter; used under a lock
   */
  Attempts(
      RemoteAddress address,
      Concurrency concurrency,
      RandomGenerator random,
      HttpOptions options,
      Traffic traffic) {
    this.address = address;
    this.concurrency = concurrency;
    this.random = random;
    this.options = options;
    this.traffic = traffic;
  }

  /** One attempt. */
  interface Attempt<T> {
    /**
     * Sends the request once.
     *
     * @param timeout the longest that it may take
     * @throws AgainException when it may be answered another time
     * @throws GraftException what the remote says
     * @throws IOException when the answer did not come, or not to its end
     */
    T send(Duration timeout) throws IOException, AgainException;
  }

  /** Not answered this time. */
  static final class AgainException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What the caller is told when there is no other time. */
    final transient GraftException last;

    /** Not before so long. */
    final transient Duration after;

    /** Whether it was a remote that said so: else there may be none at that address. */
    final boolean isRemote;

    AgainException(GraftException last, @Nullable Duration after, boolean isRemote) {
      super(last);
      this.last = last;
      this.after = after == null ? Duration.ZERO : after;
      this.isRemote = isRemote;
    }
  }

  /**
   * Repeats an attempt.
   *
   * @param factor how much longer than usual one may take
   * @throws GraftException.Unavailable when no attempt was answered
   */
  <T> T untilAnswered(int factor, Attempt<T> attempt) {
    return untilAnswered(factor, attempt, new Trace());
  }

  /**
   * Repeats an attempt at what is done once at most. When one attempt may have done it and a later
   * one is refused before it is looked at, for the token or for too many requests, nobody knows
   * whether it is done.
   *
   * @throws GraftException.Unavailable when no attempt was answered, or none that tells
   */
  <T> T untilKnown(Attempt<T> attempt) {
    Trace trace = new Trace();
    try {
      return untilAnswered(1, attempt, trace);
    } catch (GraftException.Limit | GraftException.Unauthorized e) {
      if (!trace.mayBeDone) {
        throw e;
      }
      throw new GraftException.Unavailable(
          "what was sent to "
              + address
              + " before may be done; the same request again, unchanged, finds out, but now it is"
              + " refused: "
              + e.getMessage(),
          e);
    }
  }

  /** What attempts leave behind. */
  private static final class Trace {
    /** One may have been done, and its answer did not come. */
    boolean mayBeDone;
  }

  private <T> T untilAnswered(int factor, Attempt<T> attempt, Trace trace) {
    Instant began = concurrency.instant();
    Duration patience = options.reachDeadline();
    for (int tries = 0; ; tries++) {
      AgainException again;
      try {
        return attempt.send(timeout(began, tries, factor));
      } catch (AgainException e) {
        again = e;
        trace.mayBeDone |= e.last instanceof GraftException.Unavailable;
      } catch (Transport.UnreachableException e) {
        again = new AgainException(unreachable(e), null, false);
      } catch (IOException e) {
        again = new AgainException(brokenOff(e), null, true);
        trace.mayBeDone = true;
      }
      if (again.isRemote) {
        patience = options.deadline();
      }
      pauseOrThrow(began.plus(patience), tries, again);
      traffic.repeat();
    }
  }

  private Duration timeout(Instant began, int tries, int factor) {
    Duration usual = options.attempt().multipliedBy(factor);
    if (tries == 0) {
      return usual;
    }
    Instant now = concurrency.instant();
    Duration left = Duration.between(now, began.plus(options.deadline().multipliedBy(factor)));
    Duration least = options.firstPause();
    if (left.compareTo(least) < 0) {
      return least;
    }
    return left.compareTo(usual) < 0 ? left : usual;
  }

  private void pauseOrThrow(Instant deadline, int tries, AgainException again) {
    Duration most = options.firstPause().multipliedBy(1L << Math.min(tries, MAX_DOUBLINGS));
    if (most.compareTo(options.longestPause()) > 0) {
      most = options.longestPause();
    }
    Duration pause = again.after.plus(drawn(most));
    Instant next = concurrency.instant().plus(pause);
    if (next.isAfter(deadline)) {
      throw again.last;
    }
    try {
      concurrency.sleepUntil(next);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted while waiting to ask again", again.last);
    }
  }

  private Duration drawn(Duration most) {
    synchronized (random) {
      return Duration.ofNanos(random.nextLong(Math.max(1, most.toNanos())));
    }
  }

  private GraftException unreachable(IOException e) {
    return new GraftException.Unavailable(
        "cannot reach "
            + address
            + ": "
            + e.getMessage()
            + "; is the address right, and this machine online?",
        e);
  }

  private GraftException brokenOff(IOException e) {
    return new GraftException.Unavailable(
        address + " did not answer to the end: " + e.getMessage(), e);
  }
}
