package dev.graft.client.http;

import java.time.Duration;

/**
 * How patient a remote over HTTP is.
 *
 * @param deadline the longest that one call goes on repeating its request
 * @param reachDeadline the longest while nothing at the address has answered as a remote does: a
 *     wrong name or address is told soon
 * @param attempt the longest that one attempt takes; twice as long for uploads
 * @param firstPause the mean of the first pause is half of this; each next one is twice as long
 * @param longestPause no pause is drawn from more
 */
public record HttpOptions(
    Duration deadline,
    Duration reachDeadline,
    Duration attempt,
    Duration firstPause,
    Duration longestPause) {
  /** What is right for most. */
  public static final HttpOptions DEFAULT =
      new HttpOptions(
          Duration.ofSeconds(30),
          Duration.ofSeconds(3),
          Duration.ofSeconds(15),
          Duration.ofMillis(50),
          Duration.ofSeconds(4));
}
