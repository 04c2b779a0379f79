package dev.graft.sim.world;

import dev.graft.client.Changes;
import dev.graft.client.MoveListener;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One who keeps pages of a replica and forgets those of which he is told that they changed, as
 * caches do: what he keeps has to be what is there. For the tasks of one process.
 */
final class MoveWatch implements MoveListener {
  private final Map<Long, String> kept = new HashMap<>();
  private long moves;

  @Override
  public void moved(
      Snapshot from,
      Snapshot to,
      Changes changes,
      boolean descendant,
      @Nullable Transaction own,
      boolean merged) {
    moves++;
    long count = changes.pageCount().value();
    kept.keySet()
        .removeIf(page -> changes.whole() || page > count || changes.pages().contains(page));
  }

  /** How often it moved. */
  long moves() {
    return moves;
  }

  /**
   * Pages were read of the snapshot that was current after so many moves: each has to be what is
   * kept of it.
   *
   * @param session who read
   */
  void read(World world, String session, long atMoves, Map<Long, String> pages) {
    if (atMoves != moves) {
      return;
    }
    pages.forEach((page, content) -> {
      String before = kept.put(page, content);
      if (before != null && !before.equals(content)) {
        world.claim(
            false, session + " read page " + page + ", which changed, and nobody was told of that");
      }
    });
  }
}
