package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole maps for those who write them into something new, a fork or a revert: unlike an answer,
 * they are worth nothing when they end before the LSN that was asked for.
 */
final class SnapshotMaps {
  /** As many objects are read for one map; where rollups are there, it takes a hundred. */
  static final int MAX_READS = 4_096;

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final History history;
  private final Upkeep upkeep;
  private final Rounds rounds;

  SnapshotMaps(History history, Upkeep upkeep, Rounds rounds) {
    this.history = history;
    this.upkeep = upkeep;
    this.rounds = rounds;
  }

  /**
   * What changed after {@code since}, up to {@code upto}; from LSN 0 the map of the snapshot. The
   * state must have been read.
   *
   * @throws GraftException.Unavailable when it takes too many reads; what is missing is made behind
   *     the call, so that it takes fewer the next time
   */
  Root between(VolumeId volume, Lsn since, Lsn upto) {
    if (since.equals(upto)) {
      throw new GraftException.Misuse("nothing lies between commit " + since + " and itself");
    }
    Budget budget = new Budget(rounds, rounds.now().plus(DEADLINE), MAX_READS);
    List<Root> newestFirst = new ArrayList<>();
    Lsn at = since;
    while (at.isBefore(upto)) {
      if (budget.late() || budget.reads() == 0) {
        throw new GraftException.Unavailable(
            "the map of "
                + volume
                + " up to commit "
                + upto
                + " takes more reads than one request may make; rollups are being made, ask again");
      }
      Cover.Found found = history.read(volume, at, upto, budget);
      upkeep.fill(volume, found.missing());
      found.parts().forEach(part -> newestFirst.addFirst(part.root()));
      at = found.parts().getLast().last().lsn();
    }
    return HotPages.refreshed(history.lay(newestFirst), newestFirst);
  }
}
