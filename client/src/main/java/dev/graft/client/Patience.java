package dev.graft.client;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.Graft;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * How long to wait before the next attempt after another writer was faster: a random part of
 * (writers seen lately) x (one round trip). Many who try again at once would all lose but one. Used
 * by whoever has the replica's turn.
 */
final class Patience {
  /** An attempt loses only to a commit that landed; so many in a row are no bad luck any more. */
  private static final int MAX_TRIES = 1000;

  private static final int MAX_WRITERS = 64;
  private static final Duration LATELY = Duration.ofSeconds(10);
  private static final Duration LONGEST_TRIP = Duration.ofSeconds(1);

  private final Concurrency concurrency;
  private final IdSource random;
  private Duration trip = Duration.ofMillis(50);
  private long writers = 1;
  private Instant seen = Instant.EPOCH;

  /**
   * @param random whose keys are as good as dice
   */
  Patience(Concurrency concurrency, IdSource random) {
    this.concurrency = concurrency;
    this.random = random;
  }

  /** Makes a request and notes how long it took. */
  <T> T timed(Supplier<T> request) {
    Instant begin = concurrency.instant();
    T answer = request.get();
    Duration took = Duration.between(begin, concurrency.instant());
    trip = took.compareTo(LONGEST_TRIP) > 0 ? LONGEST_TRIP : took;
    return answer;
  }

  /** Notes how many commits came in between: about as many writers are there. */
  void lost(Graft graft, Position base) {
    long others = graft.upto().lsn().value() - base.lsn().value();
    Instant now = concurrency.instant();
    boolean old = Duration.between(seen, now).compareTo(LATELY) > 0;
    writers = Math.clamp(old ? others + 1 : Math.max(writers, others + 1), 2, MAX_WRITERS);
    seen = now;
  }

  /**
   * Waits.
   *
   * @param tries how many attempts were lost in a row before this
   * @throws GraftException.Unavailable when it is interrupted: the attempt before has failed for
   *     good, and the next was not made
   */
  void pause(int tries) {
    if (tries >= MAX_TRIES) {
      throw new GraftException.Unavailable("others were faster " + tries + " times in a row");
    }
    long longest = Math.max(1, trip.multipliedBy(writers).toNanos());
    long nanos = Long.remainderUnsigned(random.newIdempotencyKey().lo(), longest);
    try {
      concurrency.sleepUntil(concurrency.instant().plusNanos(nanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted before the next attempt", e);
    }
  }
}
