package dev.graft.engine;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;

/**
 * The newest commit of each volume that this engine has seen. It exists, but newer ones may: a hint
 * where to look first, never an answer. Safe for use by many threads.
 */
final class Heads {
  private static final int MAX_KEPT = 100_000;

  private final BoundedCache<VolumeId, Lsn> seen = new BoundedCache<>(MAX_KEPT, lsn -> 1);

  /** The newest that was seen; 0 when none was. */
  Lsn seen(VolumeId volume) {
    Lsn lsn = seen.get(volume);
    return lsn == null ? Lsn.ZERO : lsn;
  }

  /** The commit exists. */
  void saw(VolumeId volume, Lsn lsn) {
    synchronized (seen) {
      if (lsn.isAfter(seen(volume))) {
        seen.put(volume, lsn);
      }
    }
  }
}
