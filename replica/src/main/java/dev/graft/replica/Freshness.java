package dev.graft.replica;

import dev.graft.client.Changes;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Sees to it that the snapshot of a replica is as young as a question wants it. */
final class Freshness {
  private final Replica replica;
  private final InstantSource clock;

  /** Guarded by this: the newest start of a question to the remote that was answered. */
  private Instant askedAt;

  Freshness(Replica replica, InstantSource clock, Instant askedAt) {
    this.replica = replica;
    this.clock = clock;
    this.askedAt = askedAt;
  }

  /** An instant at which the current snapshot, or one that it has followed, was the head. */
  synchronized Instant askedAt() {
    return askedAt;
  }

  private synchronized void asked(Instant when) {
    askedAt = when.isAfter(askedAt) ? when : askedAt;
  }

  /**
   * Asks what is new, once, unless the snapshot is young enough and holds the commit.
   *
   * @return whether the volume was opened anew, because the old snapshot leads nowhere
   * @throws GraftException.NotFound when there is no such commit yet
   */
  boolean bring(Duration freshness, Optional<Lsn> atLeast) {
    Instant now = clock.instant();
    Duration age = Duration.between(askedAt(), now);
    // A clock that was set back says nothing.
    boolean young = !age.isNegative() && age.compareTo(freshness) <= 0 && !freshness.isZero();
    if (young && holds(atLeast)) {
      return false;
    }
    boolean reopened = pull();
    asked(now);
    if (!holds(atLeast)) {
      throw new GraftException.NotFound(
          "volume "
              + replica.volume()
              + " has no commit "
              + atLeast.orElse(Lsn.ZERO)
              + " yet: its newest is "
              + standing());
    }
    return reopened;
  }

  private boolean pull() {
    try {
      Changes changes = replica.pull();
      return changes.whole();
    } catch (GraftException.Diverged e) {
      // Nothing of its own is lost: a read replica has nothing.
      replica.reset();
      return true;
    }
  }

  private boolean holds(Optional<Lsn> atLeast) {
    return atLeast.isEmpty() || !standing().isBefore(atLeast.get());
  }

  private Lsn standing() {
    try (Snapshot now = replica.snapshot()) {
      return now.position().lsn();
    }
  }
}
