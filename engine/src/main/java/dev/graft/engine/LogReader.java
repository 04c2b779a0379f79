package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.map.LeafLayer;
import dev.graft.protocol.map.LeafPlace;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.LogPage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the commits of a volume, newest first. */
final class LogReader {
  /** The most commits of one page. */
  static final int MAX_COMMITS = 1_000;

  /** How many headers are read side by side. */
  private static final int PARALLEL = 64;

  private final CommitLog commits;
  private final Rounds rounds;

  LogReader(CommitLog commits, Rounds rounds) {
    this.commits = commits;
    this.rounds = rounds;
  }

  /** The commits from {@code newest} downwards. */
  LogPage page(VolumeId volume, Position head, @Nullable Lsn newest, int max) {
    if (max < 1 || max > MAX_COMMITS) {
      throw new GraftException.Misuse(
          "a page of the log has 1 to " + MAX_COMMITS + " commits, not " + max);
    }
    Lsn first = newest == null || newest.isAfter(head.lsn()) ? head.lsn() : newest;
    List<LogPage.Entry> entries = new ArrayList<>();
    while (entries.size() < max && entries.size() < first.value()) {
      List<Lsn> lsns = new ArrayList<>();
      long next = first.value() - entries.size();
      for (int i = 0; i < PARALLEL && entries.size() + i < max && next - i > 0; i++) {
        lsns.add(new Lsn(next - i));
      }
      entries.addAll(rounds.each("log", lsns, lsn -> entry(volume, lsn)));
    }
    return new LogPage(head, Lsn.ZERO, entries);
  }

  private LogPage.Entry entry(VolumeId volume, Lsn lsn) {
    CommitHeader header =
        commits
            .find(volume, lsn)
            .orElseThrow(() ->
                new GraftException.Corrupt(
                    Keys.commit(volume, lsn)
                        + " (commit "
                        + lsn
                        + ") is missing, although later commits exist"))
            .header();
    return new LogPage.Entry(
        header.position(),
        header.time(),
        header.snapshot(),
        header.count(),
        pagesWritten(header),
        header.transactions());
  }

  /** -1 when it would take another read. */
  private static long pagesWritten(CommitHeader header) {
    if (header.root() instanceof RootPlace.OfFork) {
      return 0;
    }
    if (!(header.root() instanceof RootPlace.Inline(Root root)) || !root.branches().isEmpty()) {
      return -1;
    }
    long pages = 0;
    for (List<LeafLayer> layers : root.windows().values()) {
      for (LeafLayer layer : layers) {
        if (!(layer.place() instanceof LeafPlace.Inline(Leaf leaf))) {
          return -1;
        }
        pages += leaf.live().cardinality() + leaf.cleared().cardinality();
      }
    }
    return pages;
  }
}
