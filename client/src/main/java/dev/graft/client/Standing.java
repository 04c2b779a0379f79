package dev.graft.client;

import dev.graft.client.view.MapView;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;

/**
 * A volume at one position, as it is known here: what pinned snapshots share. Only its map may be
 * replaced by another one of the same position, when pages were moved at the remote.
 */
final class Standing {
  final VolumeId volume;
  final PageSize pageSize;
  final Position position;
  final Instant time;
  final long generation;

  private volatile MapView map;

  Standing(
      VolumeId volume,
      PageSize pageSize,
      Position position,
      Instant time,
      long generation,
      MapView map) {
    this.volume = volume;
    this.pageSize = pageSize;
    this.position = position;
    this.time = time;
    this.generation = generation;
    this.map = map;
  }

  MapView map() {
    return map;
  }

  Root root() {
    return map.root();
  }

  PageCount count() {
    return map.root().count();
  }

  /** Takes a map of the same position with other places. */
  void moved(MapView other) {
    map = other;
  }
}
