package dev.graft.protocol.remote;

import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;
import java.util.List;

/**
 * The answer to changes-since: which pages changed in (from, upto] and where they lie now.
 *
 * @param volume which
 * @param pageSize of the volume
 * @param from where the map is to be laid; LSN 0 means on the empty volume, whatever the caller had
 * @param upto what the caller is at after laying it; equal to {@code from} when nothing is new
 * @param uptoTime the commit time at {@code upto}; the volume's creation at LSN 0
 * @param head the newest commit that was seen; when it lies beyond {@code upto} and the whole was
 *     asked, ask on
 * @param root the map of the changes, with page count and the smallest count since {@code from}
 * @param frames of an open: whole frames that spare the caller its first reads; else empty
 * @param serverTime the clock of the side that answers
 */
public record Graft(
    VolumeId volume,
    PageSize pageSize,
    Position from,
    Position upto,
    Instant uptoTime,
    Position head,
    Root root,
    List<CarriedFrame> frames,
    Instant serverTime) {
  /**
   * A frame that travels with an answer, byte for byte as it lies in its object.
   *
   * @param ref its place
   * @param bytes its bytes, not to be changed
   */
  public record CarriedFrame(FrameRef ref, byte[] bytes) {}
}
