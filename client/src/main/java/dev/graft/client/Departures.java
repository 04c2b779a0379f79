package dev.graft.client;

import dev.graft.client.Departure.Passenger;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.turn.Turn;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.Remote;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commits transactions to the store. Those that are asked for while a request is under way wait and
 * travel together in the next one, as far as they have nothing to do with each other. Safe for use
 * by many threads.
 */
final class Departures {
  /** Pushes before one commit; more mean that local transactions come without an end. */
  private static final int MAX_PUSHES = 16;

  private final Remote remote;
  private final FrameCache cache;
  private final ServerClock clock;
  private final Questions questions;
  private final Line line;
  private final Pusher pusher;
  private final Patience patience;
  private final Turn moves;
  private final Consumer<Graft> heads;

  /** Guarded by this. */
  private final List<Passenger> waiting = new ArrayList<>();

  /**
   * @param moves the turn of all requests that may move the replica
   * @param heads is told of every graft that is seen
   */
  Departures(
      Remote remote,
      FrameCache cache,
      ServerClock clock,
      Questions questions,
      Line line,
      Pusher pusher,
      Patience patience,
      Turn moves,
      Consumer<Graft> heads) {
    this.remote = remote;
    this.cache = cache;
    this.clock = clock;
    this.questions = questions;
    this.line = line;
    this.pusher = pusher;
    this.patience = patience;
    this.moves = moves;
    this.heads = heads;
  }

  /**
   * Commits a transaction, or finds out what became of it.
   *
   * @throws GraftException.Unavailable when that is not known: the same call again finds out
   */
  CommitResult commit(Passenger mine) {
    synchronized (this) {
      if (mine.sent == null && !waiting.contains(mine)) {
        waiting.add(mine);
      }
    }
    moves.run(() -> {
      if (!mine.isTold()) {
        take(mine);
      }
      return mine;
    });
    return mine.outcome();
  }

  private void take(Passenger mine) {
    try {
      Departure sent = mine.sent;
      if (sent != null) {
        line.alone(() -> {
          send(sent, false);
          return sent;
        });
        return;
      }
      depart(mine);
    } catch (RuntimeException e) {
      if (!mine.isTold()) {
        leave(mine);
        mine.failed(e);
      }
    }
  }

  /** How many commits came since what it has read, as far as the replica knows. */
  private long passed(Passenger mine) {
    return Math.max(0, line.ground().position.lsn().value() - mine.request().snapshot().value());
  }

  private synchronized void leave(Passenger passenger) {
    waiting.remove(passenger);
  }

  /** Pushes what waits here, then goes with all who wait. */
  private void depart(Passenger mine) {
    // Before the group is made: who comes meanwhile goes with it.
    boolean waited = mine.merges() && patience.giveWay(passed(mine));
    for (int pushes = 0; pushes < MAX_PUSHES; pushes++) {
      if (line.current().pending > 0
          && pusher.push(mine.onConflict, Progress.NONE) instanceof PushResult.Conflict conflict) {
        leave(mine);
        mine.ended(new CommitResult.Conflict(conflict.base(), conflict.head(), conflict.changes()));
        return;
      }
      boolean gone =
          line.alone(() -> {
            if (line.current().pending > 0) {
              return false;
            }
            List<Passenger> group = group(mine);
            if (!group.isEmpty()) {
              Departure departure = new Departure(group, line.current());
              group.forEach(each -> each.sent = departure);
              send(departure, waited);
            }
            return true;
          });
      if (gone) {
        return;
      }
    }
    throw new GraftException.Unavailable(
        "local transactions came in between " + MAX_PUSHES + " times; try again");
  }

  /** Those who go now, in the order of asking; who cannot go any more is told so. */
  private List<Passenger> group(Passenger mine) {
    List<Passenger> candidates = new ArrayList<>(List.of(mine));
    synchronized (this) {
      waiting.remove(mine);
      candidates.addAll(waiting);
    }
    List<Passenger> group = new ArrayList<>();
    Load load = new Load();
    for (Passenger each : candidates) {
      CommitResult.Conflict conflict = late(each);
      if (conflict != null) {
        leave(each);
        each.ended(conflict);
      } else if (group.isEmpty() || each.merges() && load.mayTake(each.request(), each.footprint)) {
        leave(each);
        group.add(each);
        load.add(each.request(), each.footprint);
        if (!Load.mayShare(each.request())) {
          break;
        }
      }
    }
    return group;
  }

  private CommitResult.@Nullable Conflict late(Passenger each) {
    Standing now = line.current();
    return each.base.generation == now.generation
        ? null
        : line.conflict(each.base, now, each.footprint, each.merges());
  }

  /**
   * Sends until the outcome is known or cannot be known now. After every wait it asks for the head
   * first: others have not waited, and a read is cheaper than a write that loses. Alone.
   *
   * @param waited whether it has waited already; never before what may have landed is sent again
   */
  private void send(Departure departure, boolean waited) {
    try {
      boolean decided = waited && overtaken(departure);
      for (int tries = 1; !decided; tries++) {
        CommitOutcome outcome = patience.timed(() -> remote.commit(departure.request()));
        decided =
            switch (outcome) {
              case CommitOutcome.Committed committed -> {
                departure.mayHaveLanded();
                yield landed(departure, committed);
              }
              case CommitOutcome.Conflict(Graft graft) -> conflicted(departure, graft);
            };
        if (!decided) {
          patience.pause(tries, departure.passed());
          decided = overtaken(departure);
        }
      }
    } catch (GraftException.Unavailable e) {
      departure.mayHaveLanded();
      departure.passengers().forEach(each -> each.failed(e));
    } catch (GraftException.Limit | GraftException.Unauthorized e) {
      GraftException told = departure.told(e);
      if (told instanceof GraftException.Unavailable) {
        departure.passengers().forEach(each -> each.failed(told));
      } else {
        refused(departure, e);
      }
    } catch (RuntimeException e) {
      refused(departure, e);
    }
  }

  private static void refused(Departure departure, RuntimeException e) {
    departure
        .passengers()
        .forEach(each -> {
          each.sent = null;
          each.failed(e);
        });
  }

  private boolean landed(Departure departure, CommitOutcome.Committed committed) {
    patience.won();
    clock.told(committed.graft().serverTime());
    heads.accept(committed.graft());
    Standing now = line.current();
    // Asked before anybody is told, for who is told has to stand on his commit: when it cannot be
    // asked now, the same call again finds out.
    Graft missed = hasMoved(departure, now, committed) ? questions.changes(now.position) : null;
    int number = 0;
    for (Passenger each : departure.passengers()) {
      number = each.outgoing.keepWritten(cache, committed.position().lsn(), number);
      each.ended(new CommitResult.Committed(committed.position()));
    }
    Graft between = departure.between();
    if (now.generation == departure.generation()) {
      Graft whole = between == null ? committed.graft() : Questions.sum(between, committed.graft());
      line.land(whole, departure.passengers(), between != null);
    } else if (missed != null) {
      line.land(missed, departure.passengers(), true);
    }
    // Else a pull found it already, while its outcome was not known yet.
    return true;
  }

  /** Whether the replica went elsewhere while the outcome was not known, and not as far. */
  private static boolean hasMoved(
      Departure departure, Standing now, CommitOutcome.Committed committed) {
    return now.generation != departure.generation()
        && now.pending == 0
        && now.position.lsn().isBefore(committed.position().lsn());
  }

  /**
   * Goes on from what others committed while it waited, and waits on while it is early; whether
   * nobody is left who can.
   */
  private boolean overtaken(Departure departure) {
    while (true) {
      Position base = departure.request().base();
      Graft graft = questions.changes(base);
      if (graft.upto().equals(base)) {
        // Nobody came: those who were to go first are not there.
        return false;
      }
      if (conflicted(departure, graft)) {
        return true;
      }
      patience.learn(graft.head().lsn());
      if (!patience.isEarly(departure.passed())) {
        return false;
      }
      patience.await(departure.passed());
    }
  }

  /** Tells those who cannot go on, and goes on with the others; whether there are none. */
  private boolean conflicted(Departure departure, Graft graft) {
    heads.accept(graft);
    Standing now = line.current();
    Graft between = departure.between();
    Graft soFar = between == null ? graft : Questions.sum(between, graft);
    if (!graft.upto().lsn().equals(graft.head().lsn())) {
      soFar = Questions.sum(soFar, questions.changes(graft.upto()));
    }
    Changes changes = ChangedPages.of(graft, departure.request().base(), now.count());
    List<Passenger> left = new ArrayList<>();
    for (Passenger each : departure.passengers()) {
      boolean goesOn =
          each.merges()
              && !changes.whole()
              && each.footprint.isUntouchedBy(changes.pages(), changes.pageCount());
      if (goesOn) {
        left.add(each);
      } else {
        each.sent = null;
        each.ended(
            new CommitResult.Conflict(
                each.base.position,
                graft.head(),
                ChangedPages.of(soFar, now.position, now.count())));
      }
    }
    patience.lost(graft, departure.request().base());
    if (left.isEmpty()) {
      return true;
    }
    departure.moveOn(left, soFar);
    return false;
  }
}
