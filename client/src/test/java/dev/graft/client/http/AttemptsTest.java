package dev.graft.client.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The pauses between attempts are those that docs/http.md tells of. */
class AttemptsTest {
  private static final long SEED = 20261122L;
  private static final int CALLS = 600;
  private static final int FAILURES = 9;

  private final SkippingConcurrency concurrency = new SkippingConcurrency();
  private final HttpOptions options = HttpOptions.DEFAULT;
  private final Attempts attempts =
      new Attempts(
          RemoteAddress.parse("https://graft.example", false),
          concurrency,
          new Random(SEED),
          options,
          new Traffic());

  /** The pauses of one call, in order. */
  private List<Duration> pauses() throws Exception {
    List<Duration> skipped = new ArrayList<>();
    attempts.untilAnswered(
        1,
        timeout -> {
          skipped.add(concurrency.skipped());
          if (skipped.size() <= FAILURES) {
            throw new Attempts.AgainException(
                new GraftException.Unavailable("not now"), null, true);
          }
          return true;
        });
    List<Duration> pauses = new ArrayList<>();
    for (int i = 1; i < skipped.size(); i++) {
      pauses.add(skipped.get(i).minus(skipped.get(i - 1)));
    }
    return pauses;
  }

  @Test
  void pauses_areDrawnEvenlyFromNothingUpToTwiceAsMuchEachTime() throws Exception {
    List<List<Duration>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(pauses());
    }
    Duration most = options.firstPause();
    for (int n = 0; n < FAILURES; n++) {
      int[] quarters = new int[4];
      for (List<Duration> pauses : calls) {
        assertThat(pauses).hasSize(FAILURES);
        assertThat(pauses.get(n)).as("seed %d, pause %d", SEED, n).isLessThan(most);
        quarters[(int) (pauses.get(n).toNanos() * 4 / most.toNanos())]++;
      }
      // Five standard deviations, so that another generator would do as well.
      for (int quarter : quarters) {
        assertThat(quarter).as("seed %d, pause %d", SEED, n).isBetween(97, 203);
      }
      Duration doubled = most.multipliedBy(2);
      most = doubled.compareTo(options.longestPause()) < 0 ? doubled : options.longestPause();
    }
    assertThat(most).isEqualTo(options.longestPause());
  }
}
