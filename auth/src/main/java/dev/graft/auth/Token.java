package dev.graft.auth;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a token says. Only {@link TokenVerifier} gives one that somebody's signature stands behind.
 *
 * @param id what is revoked
 * @param grant what it admits
 * @param issued when it was made, in whole seconds
 * @param expires when it ends, in whole seconds
 * @param via the tokens that it was made by way of, oldest first, at most {@link #MAX_VIA}: when
 *     one of these is revoked, so is it
 */
public record Token(TokenId id, Grant grant, Instant issued, Instant expires, List<TokenId> via) {
  /** The longest that a token may live: so a revocation need not be kept for ever. */
  public static final Duration MAX_LIFE = Duration.ofDays(400);

  /** The most tokens that one is made by way of: one for each ancestor of a fork. */
  public static final int MAX_VIA = Grant.MAX_ANCESTORS;

  /** What two clocks may differ. */
  public static final Duration SKEW = Duration.ofSeconds(60);

  /** The end of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  public Token {
    via = List.copyOf(via);
    if (via.size() > MAX_VIA) {
      throw new GraftException.Limit(
          "a token is made by way of at most "
              + MAX_VIA
              + " others, not "
              + via.size()
              + ": ask for one with a token that was made by way of fewer");
    }
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

  /** A token that was made by way of no other. */
  public Token(TokenId id, Grant grant, Instant issued, Instant expires) {
    this(id, grant, issued, expires, List.of());
  }

  /** What a token that is made with this one was made by way of: the same, and this. */
  List<TokenId> viaThis() {
    List<TokenId> ids = new ArrayList<>(via);
    ids.add(id);
    return ids;
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
