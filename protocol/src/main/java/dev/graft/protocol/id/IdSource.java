package dev.graft.protocol.id;

import java.time.Instant;

/**
 * Where new identities come from. Implementations are safe for use by many threads; the simulator's
 * is seeded.
 */
public interface IdSource {
  /** A new volume id: 16 random bytes. */
  VolumeId newVolumeId();

  /**
   * A new segment id that carries the time, which is the server's as far as the caller knows it.
   */
  SegmentId newSegmentId(Instant time);

  /** A new checkpoint id: 16 random bytes. */
  CheckpointId newCheckpointId();

  /** A new idempotency key: 16 random bytes. */
  IdempotencyKey newIdempotencyKey();
}
