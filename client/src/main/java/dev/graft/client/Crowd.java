package dev.graft.client;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.remote.LogPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How those fare who commit to a volume, whoever they are.
 *
 * <p>Every commit in the log tells what it had read, and so how many commits of others its writer
 * let pass. The mean of that over all commits is the number of writers but one, however unequal
 * their shares are: a writer with the share s lets 1/s - 1 pass, s of the time. Nobody knows that
 * number from its own luck: who wins often sees few others.
 *
 * @param waits how many commits of others a writer lets pass before its own, on average
 * @param interval the mean time between two commits
 * @param at the newest commit that was looked at; 0 for what was guessed
 */
record Crowd(long waits, Duration interval, Lsn at) {
  /** Of a commit that read something very old it is told that it waited so long. */
  static final int MAX_WAITS = 64;

  /** Commits further apart do not race. */
  private static final Duration APART = Duration.ofSeconds(10);

  /** What is told of a volume whose log was not looked at. */
  static Crowd guess(long others, Duration trip) {
    return new Crowd(Math.clamp(others, 1, MAX_WAITS), trip, Lsn.ZERO);
  }

  boolean isGuess() {
    return at.equals(Lsn.ZERO);
  }

  /**
   * What the newest commits tell.
   *
   * @param newestFirst at least one
   * @param otherwise the interval when there is none to be seen
   */
  static Crowd of(List<LogPage.Entry> newestFirst, Duration otherwise) {
    LogPage.Entry newest = newestFirst.getFirst();
    Instant last = newest.time();
    long waits = 0;
    int seen = 0;
    for (LogPage.Entry entry : newestFirst) {
      if (Duration.between(entry.time(), last).compareTo(APART) > 0) {
        break;
      }
      long lsn = entry.position().lsn().value();
      waits += Math.clamp(lsn - 1 - entry.snapshot().value(), 0, MAX_WAITS);
      last = entry.time();
      seen++;
    }
    Duration whole = Duration.between(last, newest.time());
    return new Crowd(
        Math.max(1, (waits + seen / 2) / seen),
        seen > 1 && whole.isPositive() ? whole.dividedBy(seen - 1) : otherwise,
        newest.position().lsn());
  }
}
