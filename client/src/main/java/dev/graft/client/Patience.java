package dev.graft.client;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * How long to wait before an attempt while others write, too. Each gives way to those who have
 * waited for longer: the log tells how many commits others let pass before their own, and who has
 * seen fewer go by is early and waits for the rest of them. Who is not early waits for a random
 * part of a few round trips, of more after each loss, and of less when it is late. Used by whoever
 * has the replica's turn.
 */
final class Patience {
  /** Asks for commits, newest first. */
  interface Log {
    /** At most so many, from that one downwards. */
    LogPage page(Lsn newest, int max);
  }

  /** An attempt loses only to a commit that landed; so many in a row are no bad luck any more. */
  private static final int MAX_TRIES = 1000;

  /** The longest random wait, in round trips, is 2 to this power. */
  private static final int MAX_DOUBLINGS = 5;

  /** The same for those whose turn it is: there are few of them. */
  private static final int LATE_DOUBLINGS = 3;

  /**
   * Nobody is early by less than this part of all. With less, those whose turn it is keep all
   * others waiting when they are slow; with more, it is luck again.
   */
  private static final int SLACK = 4;

  /**
   * So many of the newest commits are looked at: mostly those that an answer was made of lately.
   */
  private static final int COMMITS = 32;

  /** After so many commits one after the other it lets others try, should there be any. */
  private static final int FIRST_BURST = 8;

  /** Where nobody came, it goes on for longer the next time, at most so long. */
  private static final int LONGEST_BURST = 128;

  /** In so many round trips another one learns of the head and commits. */
  private static final int WAY_TRIPS = 4;

  /** The weight of the newest measurement in the mean of round trips: one quarter. */
  private static final int SMOOTHING = 4;

  private static final Duration LATELY = Duration.ofSeconds(10);
  private static final Duration LONGEST_TRIP = Duration.ofSeconds(2);

  private final Concurrency concurrency;
  private final IdSource random;
  private final Log log;
  private Duration trip = Duration.ZERO;
  private Crowd crowd = Crowd.guess(1, Duration.ofMillis(50));
  private Instant seen = Instant.EPOCH;
  private Instant won = Instant.EPOCH;
  private int burst;
  private int longestBurst = FIRST_BURST;

  /**
   * @param random whose keys are as good as dice
   * @param log of the volume
   */
  Patience(Concurrency concurrency, IdSource random, Log log) {
    this.concurrency = concurrency;
    this.random = random;
    this.log = log;
  }

  /** Makes a request and notes how long it took. */
  <T> T timed(Supplier<T> request) {
    Instant begin = concurrency.instant();
    T answer = request.get();
    Duration took = Duration.between(begin, concurrency.instant());
    Duration counted = took.compareTo(LONGEST_TRIP) > 0 ? LONGEST_TRIP : took;
    trip = trip.isZero() ? counted : trip.plus(counted.minus(trip).dividedBy(SMOOTHING));
    return answer;
  }

  /** Notes that others committed in between. */
  void lost(Graft graft, Position base) {
    long others = graft.upto().lsn().value() - base.lsn().value();
    Instant now = concurrency.instant();
    if (!isLately(seen, now)) {
      crowd = Crowd.guess(others, trip);
    } else if (crowd.isGuess()) {
      crowd = Crowd.guess(Math.max(crowd.waits(), others), trip);
    }
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
   * @param passed how many commits were seen since what is to be committed was read
   * @return whether it waited for others that are there
   */
  boolean giveWay(long passed) {
    if (isLately(seen, concurrency.instant())) {
      if (isEarly(passed)) {
        await(passed);
      }
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

  /** Where requests are slow, a wait can be longer than it takes to forget elsewhere. */
  private boolean isLately(Instant then, Instant now) {
    Duration waits = crowd.interval().plus(trip).multipliedBy(4 * (crowd.waits() + 1));
    Duration lately = waits.compareTo(LATELY) > 0 ? waits : LATELY;
    return Duration.between(then, now).compareTo(lately) <= 0;
  }

  /**
   * After a look that found commits of others: learns from the log how they fare, when what is
   * known of that has become old.
   *
   * @param head the newest commit that was seen
   */
  void learn(Lsn head) {
    if (!crowd.isGuess() && head.value() - crowd.at().value() < crowd.waits()) {
      return;
    }
    try {
      LogPage page = log.page(head, COMMITS);
      if (!page.commits().isEmpty()) {
        crowd = Crowd.of(page.commits(), trip);
      }
    } catch (GraftException.Unavailable e) {
      // The commit does not depend on it: what was known has to do.
      return;
    }
  }

  /** Whether others have waited for longer, as far as one can tell. */
  boolean isEarly(long passed) {
    return missing(passed) > 0;
  }

  private long missing(long passed) {
    return crowd.waits() - crowd.waits() / SLACK - passed;
  }

  /** Waits for about as long as it takes until one is not early any more. */
  void await(long passed) {
    long whole = crowd.interval().multipliedBy(Math.max(1, missing(passed))).toNanos();
    sleep(Duration.ofNanos(whole / 2).plus(part(whole / 2)));
  }

  /**
   * Waits after a lost attempt, who is early for longer.
   *
   * @param tries how many attempts were lost in a row until now, from 1
   * @param passed how many commits were seen since what is to be committed was read
   * @throws GraftException.Unavailable when it is interrupted: the attempt before has failed for
   *     good, and the next was not made
   */
  void pause(int tries, long passed) {
    requirePatience(tries);
    if (isEarly(passed)) {
      await(passed);
    } else {
      // Who has waited for twice as long as others waits for half, however often it has lost.
      long whole = trips(tries, LATE_DOUBLINGS);
      sleep(part(passed > crowd.waits() ? whole / passed * crowd.waits() : whole));
    }
  }

  /** Waits after a lost attempt that took no turn. */
  void pause(int tries) {
    requirePatience(tries);
    sleep(part(trips(tries, MAX_DOUBLINGS)));
  }

  private static void requirePatience(int tries) {
    if (tries >= MAX_TRIES) {
      throw new GraftException.Unavailable("others were faster " + tries + " times in a row");
    }
  }

  private long trips(int tries, int doublings) {
    return trip.toNanos() << Math.min(tries, doublings);
  }

  /** A random part of so many nanoseconds. */
  private Duration part(long nanos) {
    return Duration.ofNanos(
        Long.remainderUnsigned(random.newIdempotencyKey().lo(), Math.max(1, nanos)));
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
