package dev.graft.client;

import dev.graft.client.folder.SavedStanding;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Graft;
import java.time.Instant;
import java.util.List;

/**
 * A snapshot as it was opened: from an answer or from a folder.
 *
 * @param pageSize of the volume
 * @param position where it stands
 * @param time the commit time of that
 * @param head the newest commit that was seen
 * @param root the whole map
 * @param carried frames that came along
 * @param afresh whether it came from an answer
 */
record Opened(
    PageSize pageSize,
    Position position,
    Instant time,
    Position head,
    Root root,
    List<Graft.CarriedFrame> carried,
    boolean afresh) {
  static Opened from(SavedStanding saved) {
    return new Opened(
        saved.pageSize(),
        saved.position(),
        saved.time(),
        saved.head(),
        saved.root(),
        List.of(),
        false);
  }

  static Opened from(Graft graft) {
    return new Opened(
        graft.pageSize(),
        graft.upto(),
        graft.uptoTime(),
        graft.head(),
        graft.root(),
        graft.frames(),
        true);
  }
}
