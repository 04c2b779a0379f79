package dev.graft.sim;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a request takes: a distribution given by its quantiles, straight between them.
 *
 * @param minMillis the shortest
 * @param p50Millis the median
 * @param p90Millis nine of ten are shorter
 * @param p99Millis 99 of 100 are shorter
 * @param maxMillis the longest
 */
public record LatencyModel(
    double minMillis, double p50Millis, double p90Millis, double p99Millis, double maxMillis) {
  private static final double NANOS_PER_MILLI = 1e6;

  /** No time at all. */
  public static final LatencyModel NONE = new LatencyModel(0, 0, 0, 0, 0);

  public LatencyModel {
    if (minMillis < 0
        || p50Millis < minMillis
        || p90Millis < p50Millis
        || p99Millis < p90Millis
        || maxMillis < p99Millis) {
      throw new IllegalArgumentException("quantiles must rise from 0");
    }
  }

  /**
   * From what is published of a store. The ends are guesses: the shortest at 60 percent of the
   * median, the longest at twice the p99.
   */
  public static LatencyModel ofMillis(double p50, double p90, double p99) {
    return new LatencyModel(p50 * 0.6, p50, p90, p99, p99 * 2);
  }

  /** One request's time. */
  public Duration sample(RandomGenerator random) {
    return Duration.ofNanos(Math.round(quantileMillis(random.nextDouble()) * NANOS_PER_MILLI));
  }

  /**
   * The time that this share of the requests does not exceed.
   *
   * @param share 0..1
   */
  public double quantileMillis(double share) {
    if (share < 0.5) {
      return between(minMillis, p50Millis, share / 0.5);
    }
    if (share < 0.9) {
      return between(p50Millis, p90Millis, (share - 0.5) / 0.4);
    }
    if (share < 0.99) {
      return between(p90Millis, p99Millis, (share - 0.9) / 0.09);
    }
    return between(p99Millis, maxMillis, (share - 0.99) / 0.01);
  }

  private static double between(double low, double high, double part) {
    return low + (high - low) * part;
  }
}
