package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.StateRecord;
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

  private final Resolver resolver;
  private final StateLog states;
  private final CommitLog commits;
  private final Rounds rounds;

  LogReader(Resolver resolver, StateLog states, CommitLog commits, Rounds rounds) {
    this.resolver = resolver;
    this.states = states;
    this.commits = commits;
    this.rounds = rounds;
  }

  /** The commits from {@code newest} downwards to the floor, and then those that are kept. */
  LogPage page(VolumeId volume, @Nullable Lsn newest, int max) {
    if (max < 1 || max > MAX_COMMITS) {
      throw new GraftException.Misuse(
          "a page of the log has 1 to " + MAX_COMMITS + " commits, not " + max);
    }
    return WithState.read(states, volume, () -> tried(volume, newest, max));
  }

  private LogPage tried(VolumeId volume, @Nullable Lsn newest, int max) {
    Position head = resolver.head(volume);
    states.refresh(volume);
    Lsn first = newest == null || newest.isAfter(head.lsn()) ? head.lsn() : newest;
    List<Lsn> wanted = wanted(volume, first, max);
    List<LogPage.Entry> entries = new ArrayList<>();
    for (int from = 0; from < wanted.size(); from += PARALLEL) {
      List<Lsn> some = wanted.subList(from, Math.min(wanted.size(), from + PARALLEL));
      entries.addAll(rounds.each("log", some, lsn -> entry(volume, lsn)));
    }
    return new LogPage(head, states.floor(volume), entries);
  }

  private List<Lsn> wanted(VolumeId volume, Lsn first, int max) {
    long floor = Math.max(1, states.floor(volume).value());
    List<Lsn> wanted = new ArrayList<>();
    for (long lsn = first.value(); lsn >= floor && wanted.size() < max; lsn--) {
      wanted.add(new Lsn(lsn));
    }
    List<Lsn> kept = states.known(volume).map(StateRecord::keptLsns).orElse(List.of());
    for (Lsn lsn : kept.reversed()) {
      if (lsn.value() < floor && !lsn.isAfter(first) && wanted.size() < max) {
        wanted.add(lsn);
      }
    }
    return wanted;
  }

  private LogPage.Entry entry(VolumeId volume, Lsn lsn) {
    CommitHeader header = commits.header(volume, lsn);
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
