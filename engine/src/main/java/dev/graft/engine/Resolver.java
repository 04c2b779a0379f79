package dev.graft.engine;

import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.StateRecord;
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
  /** How often a head is looked for that is given up before it can be read. */
  private static final int MAX_LOOKS = 8;

  private final Volumes volumes;
  private final CommitLog commits;
  private final StateLog states;
  private final NewestCommit newest;
  private final TimeSearch times;
  private final Rounds rounds;

  Resolver(
      Volumes volumes, CommitLog commits, StateLog states, NewestCommit newest, Rounds rounds) {
    this.volumes = volumes;
    this.commits = commits;
    this.states = states;
    this.newest = newest;
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

  /**
   * A whole snapshot: on the empty volume.
   *
   * @throws GraftException.Gone when the end lies below the floor and is not kept
   */
  private Range whole(ChangesRequest request, Budget budget) {
    VolumeId volume = request.volume();
    budget.take(3);
    Task<VolumeRecord> record = rounds.start("volume", () -> volumes.record(volume));
    Task<Boolean> state = rounds.start("state", () -> states.refresh(volume));
    Task<Lsn> found = rounds.start("head", () -> newest.find(volume, newest.seen(volume)));
    rounds.await(List.of(record, state, found));
    VolumeRecord is = Rounds.resultOf(record);
    Rounds.resultOf(state);
    Lsn head = Rounds.resultOf(found);
    Lsn upto = end(request, head, budget);
    Deletion.requireAlive(states.known(volume));
    states.known(volume).ifPresent(known -> requireKept(known, upto));
    return new Range(is.pageSize(), is.start(), PageCount.ZERO, is.created(), upto, head);
  }

  /** Refuses an LSN whose history was given up. */
  static void requireKept(StateRecord state, Lsn lsn) {
    if (!state.keeps(lsn)) {
      throw Retention.gone(state, lsn);
    }
  }

  private Resolved after(ChangesRequest request, Position since, Budget budget) {
    VolumeId volume = request.volume();
    Lsn seen = newest.seen(volume);
    boolean isOlder = seen.isAfter(since.lsn());
    Lsn low = isOlder ? seen : since.lsn();
    budget.take(isOlder ? 4 : 2);
    Instant start = rounds.now();
    Task<Optional<StoredCommit>> base =
        rounds.start("since", () -> commits.find(volume, since.lsn()));
    // A poll: one read, and no listing when nothing is new.
    Task<Boolean> more = rounds.start("poll", () -> newest.exists(volume, low.value() + 1));
    Task<Boolean> state = rounds.start("state", () -> isOlder && states.refresh(volume));
    rounds.await(List.of(base, more, state));
    Optional<StoredCommit> there = Rounds.resultOf(base);
    if (there.isEmpty() || !there.get().header().position().equals(since)) {
      return unproved(request, since, there, budget);
    }
    Rounds.resultOf(state);
    Deletion.requireAlive(states.known(volume));
    CommitHeader header = there.get().header();
    Lsn head = low;
    if (Rounds.resultOf(more)) {
      head = beyond(volume, low.next(), budget);
    } else if (isOlder || Heads.isTrusted(header.time(), start)) {
      newest.stillHead(volume, low, start);
    } else {
      head = beyond(volume, low, budget);
    }
    if (since.lsn().isBefore(states.floor(volume))) {
      return new Resolved.Known(whole(request, budget));
    }
    Lsn upto = end(request, head, budget);
    if (upto.isBefore(since.lsn())) {
      return new Resolved.Known(whole(request, budget));
    }
    return new Resolved.Known(
        new Range(header.pageSize(), since, header.count(), header.time(), upto, head));
  }

  /**
   * What the caller has is not there, or something else is: below the floor that says nothing, for
   * a writer that was stopped for long may have put a commit of its own where one was given up.
   */
  private Resolved unproved(
      ChangesRequest request, Position since, Optional<StoredCommit> there, Budget budget) {
    VolumeId volume = request.volume();
    budget.take(2);
    Lsn floor = states.newest(volume).map(StateRecord::floor).orElse(Lsn.ZERO);
    if (since.lsn().isBefore(floor)) {
      return new Resolved.Known(whole(request, budget));
    }
    return new Resolved.Elsewhere(
        there.map(commit -> commit.header().position()).orElseGet(() -> newestPosition(volume)));
  }

  /** The head, when a commit above those known may exist; the state comes in the same round. */
  private Lsn beyond(VolumeId volume, Lsn exists, Budget budget) {
    budget.take(3);
    Task<Boolean> state = rounds.start("state", () -> states.refresh(volume));
    Lsn head;
    try {
      head = newest.find(volume, exists);
    } finally {
      rounds.await(List.of(state));
    }
    Rounds.resultOf(state);
    return head;
  }

  /** The newest commit; LSN 0 when there is none. */
  Position head(VolumeId volume) {
    volumes.record(volume);
    return newestPosition(volume);
  }

  /**
   * The newest commit. What was found may be given up before it is read, when others commit and
   * raise the floor meanwhile: then there is a newer one.
   */
  private Position newestPosition(VolumeId volume) {
    Lsn known = newest.seen(volume);
    for (int look = 0; look < MAX_LOOKS; look++) {
      Lsn head = newest.find(volume, known);
      if (head.equals(Lsn.ZERO)) {
        return volumes.record(volume).start();
      }
      Optional<StoredCommit> commit = commits.find(volume, head);
      if (commit.isPresent()) {
        return commit.get().header().position();
      }
      known = Lsn.ZERO;
    }
    throw new GraftException.Unavailable(
        "commits of "
            + volume
            + " were given up "
            + MAX_LOOKS
            + " times before they could be read: ask again");
  }

  private Lsn end(ChangesRequest request, Lsn head, Budget budget) {
    return switch (request.until()) {
      case ChangesRequest.Until.Head() -> head;
      case ChangesRequest.Until.AtLsn(Lsn lsn) -> lsn.isBefore(head) ? lsn : head;
      case ChangesRequest.Until.AtTime(Instant time) ->
          times.lastNotAfter(request.volume(), states.floor(request.volume()), head, time, budget);
    };
  }

  /** What stands at an LSN that is known to exist. */
  Position position(VolumeId volume, Lsn lsn) {
    return lsn.equals(Lsn.ZERO)
        ? volumes.record(volume).start()
        : commits
            .find(volume, lsn)
            .orElseThrow(() ->
                new GraftException.Unavailable(
                    "commit " + lsn + " of " + volume + " was given up meanwhile: ask again"))
            .header()
            .position();
  }
}
