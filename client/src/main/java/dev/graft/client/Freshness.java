package dev.graft.client;

import dev.graft.protocol.id.SegmentId;
import java.time.Duration;
import java.time.Instant;

/** How old a segment's id may be: rules 4.4 and 5.1. */
final class Freshness {
  /** An id older than 10 minutes is not taken; a minute is left for the way. */
  private static final Duration TO_BE_UPLOADED = Duration.ofMinutes(9);

  /** A commit that names an older segment does not land any more. */
  private static final Duration TO_BE_NAMED = Duration.ofHours(24);

  /** Time that is left for the way. */
  private static final Duration MARGIN = Duration.ofHours(1);

  private Freshness() {}

  private static Duration age(SegmentId id, Instant now) {
    return Duration.between(Instant.ofEpochMilli(id.epochMillis()), now);
  }

  /** Whether a segment can still be uploaded under its id. */
  static boolean mayUpload(SegmentId id, Instant now) {
    return age(id, now).abs().compareTo(TO_BE_UPLOADED) <= 0;
  }

  /** Whether a segment that is in the store can still be named by a commit. */
  static boolean mayName(SegmentId id, Instant now) {
    return age(id, now).compareTo(TO_BE_NAMED.minus(MARGIN)) <= 0;
  }
}
