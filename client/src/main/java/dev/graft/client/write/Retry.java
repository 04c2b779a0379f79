package dev.graft.client.write;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.util.function.Supplier;

/** Repeats requests that may be repeated. */
final class Retry {
  private static final int MAX_TRIES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private Retry() {}

  /**
   * Makes the request until it is answered, a few times, with growing pauses.
   *
   * @throws GraftException the last failure
   */
  static <T> T unlessAnswered(Concurrency concurrency, Supplier<T> request) {
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      try {
        return request.get();
      } catch (GraftException.Unavailable e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
        sleep(concurrency, pause, e);
        pause = pause.multipliedBy(2);
      }
    }
  }

  private static void sleep(
      Concurrency concurrency, Duration pause, GraftException.Unavailable why) {
    try {
      concurrency.sleepUntil(concurrency.instant().plus(pause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      why.addSuppressed(e);
      throw why;
    }
  }
}
