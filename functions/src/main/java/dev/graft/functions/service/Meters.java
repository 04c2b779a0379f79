package dev.graft.functions.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException.Code;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Counts what tokens and volumes ask, and refuses what is too much with the time to wait. A meter
 * that was not used for two minutes is as full as a new one and is forgotten. Safe for use by many
 * threads.
 */
final class Meters {
  /** Enough for all that one instance can meet in two minutes. */
  private static final int MAX_METERS = 20_000;

  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(2);

  private final Limits limits;
  private final InstantSource clock;
  private final Cache<Key, Meter> meters;

  private enum Kind {
    REQUESTS,
    COMMITS,
    BYTES,
    FORKS
  }

  private record Key(String of, Kind kind) {}

  Meters(Limits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
    this.meters =
        Caffeine.newBuilder()
            .maximumSize(MAX_METERS)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .ticker(() -> nanos(clock.instant()))
            .executor(Runnable::run)
            .build();
  }

  private static long nanos(Instant now) {
    return now.toEpochMilli() * 1_000_000;
  }

  /**
   * Counts a request before it is done.
   *
   * @param token the id of the token that admitted it
   * @throws Refusal when it is too much now
   */
  void begin(String token, Route route, long bytes) {
    take(token, "token " + token, Kind.REQUESTS, 1);
    take(token, "token " + token, Kind.BYTES, bytes);
    if (!(route instanceof Route.OfVolume about)) {
      return;
    }
    String volume = about.volume().toString();
    String what = "volume " + volume;
    take(volume, what, Kind.REQUESTS, 1);
    take(volume, what, Kind.BYTES, bytes);
    if (route instanceof Route.Commits) {
      take(volume, what, Kind.COMMITS, 1);
    }
    if (route instanceof Route.Fork) {
      take(volume, what, Kind.FORKS, 1);
    }
  }

  /** Counts what was answered: what goes beyond is owed, and the next one waits. */
  void end(String token, Route route, long bytes) {
    meter(token, Kind.BYTES).owe(bytes, clock.instant());
    if (route instanceof Route.OfVolume about) {
      meter(about.volume().toString(), Kind.BYTES).owe(bytes, clock.instant());
    }
  }

  private void take(String of, String what, Kind kind, long amount) {
    Duration wait = meter(of, kind).take(amount, clock.instant());
    if (wait.isPositive()) {
      throw new Refusal(
          Problem.of(
                  Code.LIMIT,
                  Problem.usualStatus(Code.LIMIT),
                  what
                      + " has had its "
                      + most(kind)
                      + " "
                      + kind.name().toLowerCase(java.util.Locale.ROOT)
                      + " a minute; wait "
                      + (wait.toSeconds() + 1)
                      + " s")
              .retryAfter(wait));
    }
  }

  private long most(Kind kind) {
    return switch (kind) {
      case REQUESTS -> limits.requests();
      case COMMITS -> limits.commits();
      case BYTES -> limits.bytes();
      case FORKS -> limits.forks();
    };
  }

  private Meter meter(String of, Kind kind) {
    return meters.get(new Key(of, kind), key -> new Meter(most(kind), clock.instant()));
  }

  /** What is left of one minute's worth; refills steadily. */
  private static final class Meter {
    private static final double MILLIS_A_MINUTE = 60_000;

    private final double most;

    /** Guarded by this; below 0 when it is owed. */
    private double left;

    /** Guarded by this. */
    private Instant at;

    Meter(long most, Instant now) {
      this.most = most;
      this.left = most;
      this.at = now;
    }

    /** Takes something when anything is left; else the time until there is. */
    synchronized Duration take(long amount, Instant now) {
      refill(now);
      // One that is larger than what is left is let through while the meter is not empty: else a
      // body above the limit could never pass.
      double needed = Math.min(amount, 1);
      if (left >= needed) {
        left -= amount;
        return Duration.ZERO;
      }
      return Duration.ofMillis((long) Math.ceil((needed - left) * MILLIS_A_MINUTE / most));
    }

    synchronized void owe(long amount, Instant now) {
      refill(now);
      left -= amount;
    }

    private void refill(Instant now) {
      long millis = Math.max(0, Duration.between(at, now).toMillis());
      left = Math.min(most, left + millis * most / MILLIS_A_MINUTE);
      // A clock that was set back does not refill twice.
      at = now.isAfter(at) ? now : at;
    }
  }
}
