package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.util.ArrayList;
import java.util.List;

/** The volumes of a store, by listings of one key each. */
final class VolumeList {
  private static final String PREFIX = "volumes/";

  private VolumeList() {}

  /**
   * Volumes in the order of their ids.
   *
   * @param after gives only those after this volume's place; empty for all
   * @param max the most to give
   */
  static List<VolumeId> volumes(ObjectStore store, String after, int max) {
    List<VolumeId> volumes = new ArrayList<>();
    // A slash is followed by '0': what comes next is another volume's.
    String startAfter = after.isEmpty() ? "" : PREFIX + after + "0";
    while (volumes.size() < max) {
      List<ObjectKey> keys = store.list(PREFIX, startAfter, 1);
      if (keys.isEmpty()) {
        return volumes;
      }
      String rest = keys.getFirst().value().substring(PREFIX.length());
      String id = rest.substring(0, rest.indexOf('/') < 0 ? rest.length() : rest.indexOf('/'));
      try {
        volumes.add(VolumeId.parse(id));
      } catch (GraftException.Misuse e) {
        // A key that no engine wrote; nothing of a volume lies there.
      }
      startAfter = PREFIX + id + "0";
    }
    return volumes;
  }
}
