package dev.graft.protocol.remote;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.util.List;

/**
 * What changes about a volume beside its commits, as the newest state record says.
 *
 * @param volume which
 * @param number of the state record
 * @param floor the LSN below which history is gone; 0 when nothing is
 * @param retention how long an LSN can be asked for after it ceased to be the head
 * @param checkpoints LSNs of which checkpoints are kept, ascending
 * @param kept LSNs kept beside them, ascending
 * @param forks volumes that were forked from it, as far as they were seen
 * @param deleted whether it was ended: then all else that is asked about it is gone
 */
public record VolumeState(
    VolumeId volume,
    long number,
    Lsn floor,
    Duration retention,
    List<Lsn> checkpoints,
    List<Lsn> kept,
    List<VolumeId> forks,
    boolean deleted) {
  public VolumeState {
    checkpoints = List.copyOf(checkpoints);
    kept = List.copyOf(kept);
    forks = List.copyOf(forks);
  }
}
