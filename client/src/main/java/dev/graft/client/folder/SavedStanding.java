package dev.graft.client.folder;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;

/**
 * What a folder remembers of where its replica stands.
 *
 * @param volume which
 * @param pageSize of the volume
 * @param position where it stands
 * @param time the commit time of that
 * @param head the newest commit that was seen
 * @param root the whole map
 */
public record SavedStanding(
    VolumeId volume,
    PageSize pageSize,
    Position position,
    Instant time,
    Position head,
    Root root) {}
