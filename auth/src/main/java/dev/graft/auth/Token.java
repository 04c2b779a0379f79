package dev.graft.auth;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import java.time.Duration;
import java.time.Instant;

/**
 * What a token says. Only {@link TokenVerifier} gives one that somebody's signature stands behind.
 *
 * @param id what is revoked
 * @param grant what it admits
 * @param issued when it was made, in whole seconds
 * @param expires when it ends, in whole seconds
 */
public record Token(TokenId id, Grant grant, Instant issued, Instant expires) {
  /** The longest that a token may live: so a revocation need not be kept for ever. */
  public static final Duration MAX_LIFE = Duration.ofDays(400);

  /** What two clocks may differ. */
  public static final Duration SKEW = Duration.ofSeconds(60);

  /** The end of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  public Token {
    requireTime("issued", issued);
    requireTime("expires", expires);
    if (!issued.isBefore(expires)) {
      throw new GraftException.Misuse(
          "a token that is made at " + issued + " does not end at " + expires);
    }
    if (Duration.between(issued, expires).compareTo(MAX_LIFE) > 0) {
      throw new GraftException.Misuse(
          "a token lives at most "
              + MAX_LIFE.toDays()
              + " days, not "
              + Duration.between(issued, expires).toDays());
    }
  }

  private static void requireTime(String name, Instant time) {
    if (time.getNano() != 0 || time.getEpochSecond() < 0 || time.getEpochSecond() > MAX_SECONDS) {
      throw new GraftException.Misuse(
          "a token's '" + name + "' is a whole second from 1970 to 9999, not " + time);
    }
  }

  /** Whether its end is past, and past by more than clocks may differ. */
  public boolean isExpired(Instant now) {
    return !now.isBefore(expires.plus(SKEW));
  }

  /** Whether it is from the future, by more than clocks may differ. */
  public boolean isEarly(Instant now) {
    return now.isBefore(issued.minus(SKEW));
  }
}
