package dev.graft.protocol.remote;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;

/**
 * Asks for a new volume.
 *
 * @param volume made by the client, so that the request can be repeated
 * @param pageSize fixed for the life of the volume
 */
public record CreateVolume(VolumeId volume, PageSize pageSize) {}
