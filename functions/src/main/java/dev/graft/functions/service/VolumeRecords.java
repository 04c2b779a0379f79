package dev.graft.functions.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.graft.engine.Keys;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;

/** The records of volumes, which never change; for what a token says of forks. */
final class VolumeRecords {
  private static final int MAX_RECORD_BYTES = 4096;
  private static final int MAX_KEPT = 10_000;

  private final ObjectStore bulk;
  private final Cache<VolumeId, VolumeRecord> kept =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).executor(Runnable::run).build();

  VolumeRecords(ObjectStore bulk) {
    this.bulk = bulk;
  }

  /**
   * The record of a volume.
   *
   * @throws GraftException.NotFound when there is no such volume
   */
  VolumeRecord record(VolumeId volume) {
    VolumeRecord known = kept.getIfPresent(volume);
    if (known != null) {
      return known;
    }
    ObjectKey key = Keys.volume(volume);
    if (bulk.get(key, 0, MAX_RECORD_BYTES) instanceof GetOutcome.Found(byte[] bytes, long total)) {
      VolumeRecord read = VolumeRecord.decode(key.value(), volume, bytes);
      if (!(read.origin() instanceof VolumeRecord.Origin.GivenUp)) {
        kept.put(volume, read);
        return read;
      }
    }
    throw new GraftException.NotFound("no volume " + volume + " in this store");
  }

  /** Whether there is such a volume. */
  boolean exists(VolumeId volume) {
    try {
      record(volume);
      return true;
    } catch (GraftException.NotFound none) {
      return false;
    }
  }
}
