package dev.graft.protocol.id;

import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Ids from a random generator: a {@link java.security.SecureRandom} in production, a seeded one in
 * tests.
 */
public final class RandomIdSource implements IdSource {
  private final RandomGenerator random;

  /** Uses the generator under a lock of its own, so any generator will do. */
  public RandomIdSource(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public synchronized VolumeId newVolumeId() {
    return new VolumeId(random.nextLong(), random.nextLong());
  }

  @Override
  public synchronized SegmentId newSegmentId(Instant time) {
    long high = (time.toEpochMilli() << 16) | (random.nextLong() & 0xFFFF);
    return new SegmentId(high, random.nextLong());
  }

  @Override
  public synchronized CheckpointId newCheckpointId() {
    return new CheckpointId(random.nextLong(), random.nextLong());
  }

  @Override
  public synchronized IdempotencyKey newIdempotencyKey() {
    return new IdempotencyKey(random.nextLong(), random.nextLong());
  }
}
