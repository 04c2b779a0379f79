package dev.graft.auth;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.time.Instant;

/**
 * What stands behind a {@link Door}: volumes that are there to be read, and keys.
 *
 * @param ring the keys of the door
 * @param now the door's time, about
 * @param own a volume that good tokens are for
 * @param other one that they are not for
 * @param parent of {@code child}, with commits beyond {@code forkedAt}
 * @param forkedAt the commit of the parent that the child began as
 * @param child a fork of the parent
 * @param segment one that lies in {@code own} and in {@code parent}
 * @param revoked the id of a token that was revoked
 */
public record AccessWorld(
    KeyRing ring,
    Instant now,
    VolumeId own,
    VolumeId other,
    VolumeId parent,
    Lsn forkedAt,
    VolumeId child,
    SegmentId segment,
    TokenId revoked) {}
