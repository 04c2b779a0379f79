package dev.graft.protocol.remote;

import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;

/**
 * What is fixed about a volume.
 *
 * @param volume its id
 * @param pageSize of all its pages
 * @param created when
 * @param recordHash the hash of its record: the parent of LSN 1
 */
public record VolumeInfo(VolumeId volume, PageSize pageSize, Instant created, Hash recordHash) {}
