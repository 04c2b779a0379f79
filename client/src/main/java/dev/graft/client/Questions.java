package dev.graft.client;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.Remote;
import org.jspecify.annotations.Nullable;

/** Asks for changes until the whole answer is here: one request, more only far behind. */
final class Questions {
  private static final int MAX_TIME_TRIES = 3;

  /** Each request gains ground; more than these mean that something is wrong. */
  private static final int MAX_REQUESTS = 100_000;

  private final Remote remote;
  private final VolumeId volume;
  private final ServerClock clock;

  Questions(Remote remote, VolumeId volume, ServerClock clock) {
    this.remote = remote;
    this.volume = volume;
    this.clock = clock;
  }

  /** A whole snapshot, with its first hot frames. */
  Opened open(Until until) {
    return Opened.from(ask(null, until, true));
  }

  /** The whole map of a position again, with the places of now. */
  Opened again(Position position) {
    Opened opened = Opened.from(ask(null, new Until.AtLsn(position.lsn()), false));
    if (!opened.position().equals(position)) {
      throw new GraftException.Diverged(
          "volume "
              + volume
              + " stands at "
              + opened.position()
              + " where this replica has "
              + position
              + "; reset the replica");
    }
    return opened;
  }

  /** What changed since a position, up to the head. */
  Graft changes(Position since) {
    return ask(since, new Until.Head(), false);
  }

  /** What changed since a position, or since the empty volume. */
  Graft changes(@Nullable Position since, Until until) {
    return ask(since, until, false);
  }

  /**
   * Has the other side tell its time, which ids of segments carry, when the clock does not know it:
   * a local clock may be wrong.
   */
  void askTime(Position since) {
    for (int tries = 0; !clock.isTold() && tries < MAX_TIME_TRIES; tries++) {
      // A look at the local clock: so it is known how old the answer is.
      clock.instant();
      changes(since);
    }
  }

  private Graft ask(@Nullable Position since, Until until, boolean open) {
    Graft sum = answer(since, until, open);
    boolean gained = true;
    for (int requests = 1; gained && !isComplete(sum, until); requests++) {
      if (requests == MAX_REQUESTS) {
        throw new GraftException.Unavailable(
            "volume " + volume + " has answered " + requests + " times without an end");
      }
      Graft more = answer(sum.upto(), until, false);
      // Where a time ends is known by an answer that goes no further.
      gained = !more.upto().equals(sum.upto()) || !(until instanceof Until.AtTime);
      sum = sum(sum, more);
    }
    return sum;
  }

  private static boolean isComplete(Graft graft, Until until) {
    if (graft.upto().lsn().equals(graft.head().lsn())) {
      return true;
    }
    return switch (until) {
      case Until.Head toHead -> false;
      case Until.AtLsn(var lsn) -> !graft.upto().lsn().isBefore(lsn);
      case Until.AtTime atTime -> false;
    };
  }

  private Graft answer(@Nullable Position since, Until until, boolean open) {
    return switch (remote.changesSince(new ChangesRequest(volume, since, until, open))) {
      case ChangesOutcome.Changed(Graft graft) -> {
        clock.told(graft.serverTime());
        yield graft;
      }
      case ChangesOutcome.Diverged(Position claimed, Position actual) ->
          throw new GraftException.Diverged(
              "this replica stands at "
                  + claimed
                  + ", which is not in the history of "
                  + volume
                  + " (there: "
                  + actual
                  + "); reset the replica");
    };
  }

  /** One graft over the next older one. */
  static Graft sum(Graft older, Graft newer) {
    boolean leadsOn = newer.from().equals(older.upto());
    Root root = leadsOn ? Maps.lay(newer.root(), older.root()) : newer.root();
    return new Graft(
        newer.volume(),
        newer.pageSize(),
        leadsOn ? older.from() : newer.from(),
        newer.upto(),
        newer.uptoTime(),
        newer.head(),
        root,
        older.frames(),
        newer.serverTime());
  }
}
