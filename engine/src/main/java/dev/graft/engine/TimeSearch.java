package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Finds commits by their time, which never decreases along the log (rule 4.7). */
final class TimeSearch {
  /** How many headers a round reads: 10^6 commits take five rounds. */
  private static final int PROBES = 15;

  private final CommitLog commits;
  private final Rounds rounds;

  TimeSearch(CommitLog commits, Rounds rounds) {
    this.commits = commits;
    this.rounds = rounds;
  }

  /**
   * The last commit whose time is not after the instant; 0 when there is none.
   *
   * @param floor below which commits are gone; 0 when none are
   * @param head a commit that exists
   * @throws GraftException.Gone when it lies below the floor
   */
  Lsn lastNotAfter(VolumeId volume, Lsn floor, Lsn head, Instant time, Budget budget) {
    if (!floor.equals(Lsn.ZERO) && header(volume, floor).time().isAfter(time)) {
      throw new GraftException.Gone(
          "what "
              + volume
              + " was at "
              + time
              + " is gone: its history before "
              + header(volume, floor).time()
              + ", below LSN "
              + floor
              + ", was given up");
    }
    long low = floor.value();
    long above = head.value() + 1;
    List<Long> probes = List.of(head.value());
    while (above - low > 1) {
      budget.take(probes.size());
      List<Boolean> fits =
          rounds.each(
              "find time", probes, lsn -> !header(volume, new Lsn(lsn)).time().isAfter(time));
      int later = fits.indexOf(false);
      if (later >= 0) {
        above = probes.get(later);
      }
      low = later == 0 ? low : probes.get((later < 0 ? probes.size() : later) - 1);
      probes = between(low, above);
    }
    return new Lsn(low);
  }

  private static List<Long> between(long low, long above) {
    List<Long> probes = new ArrayList<>(PROBES);
    long part = Math.max(1, (above - low) / (PROBES + 1));
    for (long at = low + part; at < above && probes.size() < PROBES; at += part) {
      probes.add(at);
    }
    return probes;
  }

  private CommitHeader header(VolumeId volume, Lsn lsn) {
    return commits.header(volume, lsn);
  }
}
