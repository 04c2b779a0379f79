package dev.graft.engine;

import dev.graft.concurrency.Task;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.remote.ChangesRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The first rounds of changes-since: proves the caller's position, finds the head and the end of
 * the range (rule 5.4).
 */
final class Resolver {
  private final Volumes volumes;
  private final CommitLog commits;
  private final StateLog states;
  private final Heads heads;
  private final HeadFinder finder;
  private final TimeSearch times;
  private final Rounds rounds;

  Resolver(
      Volumes volumes,
      CommitLog commits,
      StateLog states,
      Heads heads,
      HeadFinder finder,
      Rounds rounds) {
    this.volumes = volumes;
    this.commits = commits;
    this.states = states;
    this.heads = heads;
    this.finder = finder;
    this.times = new TimeSearch(commits, rounds);
    this.rounds = rounds;
  }

  /** What a question comes to. */
  sealed interface Resolved {
    /** There is something to say about this range, perhaps that nothing is new. */
    record Known(Range range) implements Resolved {}

    /** The caller's position is not in this history; this stands at its LSN, or is the head. */
    record Elsewhere(Position actual) implements Resolved {}
  }

  /** Resolves a question. */
  Resolved resolve(ChangesRequest request, Budget budget) {
    Position since = request.since();
    if (since == null) {
      return new Resolved.Known(whole(request, budget));
    }
    if (since.lsn().equals(Lsn.ZERO)) {
      Position start = volumes.record(request.volume()).start();
      return start.equals(since)
          ? new Resolved.Known(whole(request, budget))
          : new Resolved.Elsewhere(start);
    }
    return after(request, since, budget);
  }

  /** A whole snapshot: on the empty volume. */
  private Range whole(ChangesRequest request, Budget budget) {
    VolumeId volume = request.volume();
    budget.take(3);
    Task<VolumeRecord> record = rounds.start("volume", () -> volumes.record(volume));
    Task<Boolean> state = rounds.start("state", () -> states.refresh(volume));
    Task<Lsn> newest = rounds.start("head", () -> newest(volume, heads.seen(volume)));
    rounds.await(List.of(record, state, newest));
    VolumeRecord is = Rounds.resultOf(record);
    Rounds.resultOf(state);
    Lsn head = Rounds.resultOf(newest);
    Lsn upto = end(request, head, budget);
    return new Range(is.pageSize(), is.start(), PageCount.ZERO, is.created(), upto, head);
  }

  private Resolved after(ChangesRequest request, Position since, Budget budget) {
    VolumeId volume = request.volume();
    Lsn seen = heads.seen(volume);
    Lsn low = seen.isAfter(since.lsn()) ? seen : since.lsn();
    budget.take(2);
    Task<Optional<StoredCommit>> base =
        rounds.start("since", () -> commits.find(volume, since.lsn()));
    // A poll: one read, and no listing when nothing is new.
    Task<Boolean> more = rounds.start("poll", () -> exists(volume, low.value() + 1));
    rounds.await(List.of(base, more));
    Optional<StoredCommit> there = Rounds.resultOf(base);
    if (there.isEmpty()) {
      return new Resolved.Elsewhere(position(volume, newest(volume, seen)));
    }
    CommitHeader header = there.get().header();
    if (!header.position().equals(since)) {
      return new Resolved.Elsewhere(header.position());
    }
    Lsn head = Rounds.resultOf(more) ? beyond(volume, low.next(), budget) : low;
    heads.saw(volume, head);
    Lsn upto = end(request, head, budget);
    if (upto.isBefore(since.lsn())) {
      return new Resolved.Known(whole(request, budget));
    }
    return new Resolved.Known(
        new Range(header.pageSize(), since, header.count(), header.time(), upto, head));
  }

  /** The head, when a commit above those known was found; the state comes in the same round. */
  private Lsn beyond(VolumeId volume, Lsn exists, Budget budget) {
    budget.take(3);
    Task<Boolean> state = rounds.start("state", () -> states.refresh(volume));
    Lsn head;
    try {
      head = newest(volume, exists);
    } finally {
      rounds.await(List.of(state));
    }
    Rounds.resultOf(state);
    return head;
  }

  /** The newest commit; LSN 0 when there is none. */
  Position head(VolumeId volume) {
    volumes.record(volume);
    return position(volume, newest(volume, heads.seen(volume)));
  }

  private Lsn newest(VolumeId volume, Lsn known) {
    long head = finder.find(Keys.logPrefix(volume), known.value(), lsn -> exists(volume, lsn));
    heads.saw(volume, new Lsn(head));
    return new Lsn(head);
  }

  /** Whether the commit exists; what is read for it is kept. */
  private boolean exists(VolumeId volume, long lsn) {
    return commits.find(volume, new Lsn(lsn)).isPresent();
  }

  private Lsn end(ChangesRequest request, Lsn head, Budget budget) {
    return switch (request.until()) {
      case ChangesRequest.Until.Head() -> head;
      case ChangesRequest.Until.AtLsn(Lsn lsn) -> lsn.isBefore(head) ? lsn : head;
      case ChangesRequest.Until.AtTime(Instant time) ->
          times.lastNotAfter(request.volume(), head, time, budget);
    };
  }

  /** What stands at an LSN that is known to exist. */
  Position position(VolumeId volume, Lsn lsn) {
    return lsn.equals(Lsn.ZERO)
        ? volumes.record(volume).start()
        : commits.find(volume, lsn).orElseThrow().header().position();
  }
}
