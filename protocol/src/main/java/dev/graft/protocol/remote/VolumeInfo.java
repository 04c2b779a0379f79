package dev.graft.protocol.remote;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;
import java.util.List;

/**
 * What is fixed about a volume.
 *
 * @param volume its id
 * @param pageSize of all its pages
 * @param created when
 * @param recordHash the hash of its record: the parent of LSN 1
 * @param ancestors of a fork: the volume that it was forked from, the one that that one was forked
 *     from, and so on, at most {@link VolumeRecord#MAX_ANCESTORS}, each with the commit where the
 *     ways part. None of another volume
 */
public record VolumeInfo(
    VolumeId volume,
    PageSize pageSize,
    Instant created,
    Hash recordHash,
    List<VolumeRecord.Ancestor> ancestors) {
  public VolumeInfo {
    ancestors = List.copyOf(ancestors);
    if (ancestors.size() > VolumeRecord.MAX_ANCESTORS) {
      throw new GraftException.Misuse(
          "a volume has at most "
              + VolumeRecord.MAX_ANCESTORS
              + " ancestors, not "
              + ancestors.size());
    }
  }

  /** A volume that is no fork. */
  public VolumeInfo(VolumeId volume, PageSize pageSize, Instant created, Hash recordHash) {
    this(volume, pageSize, created, recordHash, List.of());
  }
}
