package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.time.Instant;

/**
 * The newest commit of each volume that this engine has seen: a hint where to look first, never an
 * answer. Safe for use by many threads.
 *
 * <p>That the commit above one is missing says that there is none only while it cannot have been
 * given up: an LSN can come to lie below a floor the {@link Retention#MINIMUM minimum retention}
 * after it ceased to be the head. Half of that is left to clocks that differ.
 */
final class Heads {
  /** So long after it was the head, the place above a commit can be trusted (rule 5.4). */
  static final Duration TRUSTED = Retention.MINIMUM.dividedBy(2);

  private static final int MAX_KEPT = 100_000;

  /** A commit, and an instant at which it was the head. */
  private record Seen(Lsn lsn, Instant headAt) {}

  private final BoundedCache<VolumeId, Seen> seen = new BoundedCache<>(MAX_KEPT, lsn -> 1);

  /** The newest that was seen, when the place above it can be trusted; else 0. */
  Lsn seen(VolumeId volume, Instant now) {
    Seen newest = seen.get(volume);
    return newest == null || !isTrusted(newest.headAt, now) ? Lsn.ZERO : newest.lsn;
  }

  /** Whether the place above a commit that was the head at that instant can be trusted. */
  static boolean isTrusted(Instant headAt, Instant now) {
    return now.isBefore(headAt.plus(TRUSTED));
  }

  /**
   * The commit exists.
   *
   * @param headAt when it was the head: the time of the commit itself, or of a look above it
   */
  void saw(VolumeId volume, Lsn lsn, Instant headAt) {
    synchronized (seen) {
      Seen newest = seen.get(volume);
      if (newest == null
          || lsn.isAfter(newest.lsn)
          || (lsn.equals(newest.lsn) && headAt.isAfter(newest.headAt))) {
        seen.put(volume, new Seen(lsn, headAt));
      }
    }
  }
}
