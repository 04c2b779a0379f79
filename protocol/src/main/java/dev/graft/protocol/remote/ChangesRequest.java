package dev.graft.protocol.remote;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks what changed since a position.
 *
 * @param volume which
 * @param since what the caller has; null when it has nothing (then the answer is to be laid on the
 *     empty volume)
 * @param until how far to go
 * @param open whether the answer should bring page 1 and the first hot frames too
 */
public record ChangesRequest(VolumeId volume, @Nullable Position since, Until until, boolean open) {
  /** The end of the range that a caller asks about. */
  public sealed interface Until {
    /** To the newest commit. */
    record Head() implements Until {}

    /** To this commit, or to the head when that is older. */
    record AtLsn(Lsn lsn) implements Until {}

    /** To the last commit whose time is not after this. */
    record AtTime(Instant time) implements Until {}
  }
}
