package dev.graft.client;

import dev.graft.client.view.MapView;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A volume at one position, perhaps with local commits on top, as it is known here: what pinned
 * snapshots share. Only its map may be replaced by another one of the same content, when pages were
 * moved at the remote.
 */
final class Standing {
  final VolumeId volume;
  final PageSize pageSize;
  final Position position;
  final Instant time;

  /** The number of its content: two standings with one number read the same. */
  final long generation;

  /** Grows with every standing that becomes current. */
  final long serial;

  /** How many local commits lie on the position. */
  final int pending;

  /** The map of these commits alone; null when there are none. */
  final @Nullable Root local;

  private volatile MapView map;

  Standing(
      VolumeId volume,
      PageSize pageSize,
      Position position,
      Instant time,
      long generation,
      long serial,
      int pending,
      @Nullable Root local,
      MapView map) {
    this.volume = volume;
    this.pageSize = pageSize;
    this.position = position;
    this.time = time;
    this.generation = generation;
    this.serial = serial;
    this.pending = pending;
    this.local = local;
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

  /** Takes a map of the same position with other places; local commits stay on top. */
  void moved(Root other) {
    map = new MapView(local == null ? other : Maps.lay(local, other));
  }
}
