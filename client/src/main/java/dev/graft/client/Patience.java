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
 * How long to wait before an attempt while others write, too: a random part of (writers seen
 * lately) x (one round trip). Many who try again at once would all lose but one. Who comes anew
 * waits up to three times as long as who has just lost, and who has lost twice waits half as long:
 * else the one who won last, and knows the head, would win again and again. Used by whoever has the
 * replica's turn.
 */
final class Patience {
  /** An attempt loses only to a commit that landed; so many in a row are no bad luck any more. */
  private static final int MAX_TRIES = 1000;

  /** Who comes anew waits so many times as long. */
  private static final int ANEW = 3;

  /** Who has lost so often goes before others. */
  private static final int OFTEN = 2;

  private static final int MAX_WRITERS = 64;

  /** After so many commits one after the other it lets others try, should there be any. */
  private static final int FIRST_BURST = 8;

  /** Where nobody came, it goes on for longer the next time, at most so long. */
  private static final int LONGEST_BURST = 128;

  /** In so many round trips another one learns of the head and commits. */
  private static final int WAY_TRIPS = 4;

  private static final Duration LATELY = Duration.ofSeconds(10);
  private static final Duration LONGEST_TRIP = Duration.ofSeconds(1);

  private final Concurrency concurrency;
  private final IdSource random;
  private Duration trip = Duration.ofMillis(50);
  private long writers = 1;
  private Instant seen = Instant.EPOCH;
  private Instant won = Instant.EPOCH;
  private int burst;
  private int longestBurst = FIRST_BURST;

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
    writers =
        Math.clamp(
            !isLately(seen, now) ? others + 1 : Math.max(writers, others + 1), 2, MAX_WRITERS);
    seen = now;
    burst = 0;
    longestBurst = FIRST_BURST;
  }

  /** Notes that a commit landed. */
  void won() {
    won = concurrency.instant();
    burst++;
  }

  /**
   * Before a first attempt: waits when others write, too. Who only ever wins cannot know: after a
   * burst of commits it makes room once, and the next attempt tells.
   *
   * @return whether it waited for others that are there
   */
  boolean giveWay() {
    if (isCrowded()) {
      pause(0);
      return true;
    }
    Duration idle = Duration.between(won, concurrency.instant());
    if (idle.compareTo(trip.multipliedBy(2)) > 0) {
      burst = 0;
      longestBurst = idle.compareTo(LATELY) > 0 ? FIRST_BURST : longestBurst;
    } else if (burst >= longestBurst) {
      burst = 0;
      longestBurst = Math.min(2 * longestBurst, LONGEST_BURST);
      sleep(trip.multipliedBy(WAY_TRIPS));
    }
    return false;
  }

  /**
   * Whether others have committed lately: then an attempt on what was the head will likely lose.
   */
  private boolean isCrowded() {
    return isLately(seen, concurrency.instant());
  }

  /** Where requests are slow, a wait can be longer than it takes to forget elsewhere. */
  private boolean isLately(Instant then, Instant now) {
    Duration waits = trip.multipliedBy(4 * writers);
    Duration lately = waits.compareTo(LATELY) > 0 ? waits : LATELY;
    return Duration.between(then, now).compareTo(lately) <= 0;
  }

  /**
   * Waits.
   *
   * @param tries how many attempts were lost in a row until now; 0 before the first
   * @throws GraftException.Unavailable when it is interrupted: the attempt before has failed for
   *     good, and the next was not made
   */
  void pause(int tries) {
    if (tries >= MAX_TRIES) {
      throw new GraftException.Unavailable("others were faster " + tries + " times in a row");
    }
    long whole = Math.max(1, trip.multipliedBy(writers).toNanos());
    long longest = tries == 0 ? ANEW * whole : tries < OFTEN ? whole : (whole + 1) / 2;
    long nanos = Long.remainderUnsigned(random.newIdempotencyKey().lo(), longest);
    sleep(Duration.ofNanos(nanos));
  }

  private void sleep(Duration length) {
    try {
      concurrency.sleepUntil(concurrency.instant().plus(length));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted before the next attempt", e);
    }
  }
}
