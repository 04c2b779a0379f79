package dev.graft.engine;

import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How long a committer waits before it tries the same LSN again: full jitter over (writers seen
 * lately) x (one round trip), doubled with every try. Immediate retry among 24 writers wastes 11 of
 * 12 PUTs. Safe for use by many threads.
 */
final class Backoff {
  /** A writer that was not seen for so long is forgotten. */
  private static final Duration LATELY = Duration.ofSeconds(10);

  private static final int MAX_WRITERS = 64;
  private static final int MAX_DOUBLINGS = 5;
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final long LEAST_ROUND_TRIP_NANOS = 1_000_000;

  /** The weight of the newest measurement in the mean of round trips: one eighth. */
  private static final int SMOOTHING = 8;

  private final RandomGenerator random;

  /** When each writer was seen last. Guarded by this. */
  private final Map<Writer, Instant> seen = new HashMap<>();

  /** Guarded by this. */
  private long roundTripNanos = Duration.ofMillis(30).toNanos();

  private record Writer(VolumeId volume, String author) {}

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Another writer's commit stood where this engine wanted to put one. */
  synchronized void sawWriter(VolumeId volume, String author, Instant now) {
    seen.values().removeIf(last -> last.isBefore(now.minus(LATELY)));
    if (seen.size() < MAX_WRITERS) {
      seen.put(new Writer(volume, author), now);
    }
  }

  /** A put took so long. */
  synchronized void sawRoundTrip(Duration took) {
    roundTripNanos += (took.toNanos() - roundTripNanos) / SMOOTHING;
    roundTripNanos = Math.max(roundTripNanos, LEAST_ROUND_TRIP_NANOS);
  }

  /**
   * How long to wait.
   *
   * @param failed how many tries have failed, from 1
   */
  synchronized Duration pause(VolumeId volume, int failed, Instant now) {
    long writers = 1;
    for (Map.Entry<Writer, Instant> entry : seen.entrySet()) {
      if (entry.getKey().volume().equals(volume) && !entry.getValue().isBefore(now.minus(LATELY))) {
        writers++;
      }
    }
    long span = writers * roundTripNanos << Math.min(failed - 1, MAX_DOUBLINGS);
    return Duration.ofNanos(1 + random.nextLong(Math.min(span, LONGEST.toNanos())));
  }
}
