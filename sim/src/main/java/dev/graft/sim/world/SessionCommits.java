package dev.graft.sim.world;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Mutation;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.world.Session.Reply;
import java.time.Duration;
import java.util.function.Consumer;

/** The transactions of a session, to the store and to the client's folder. */
final class SessionCommits {
  private static final int MAX_TRIES = 60;
  private static final int MAX_CONFLICTS = 8;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ClientThread thread;
  private final World world;
  private final CommitEvents events;
  private final Redoing redoing;
  private final LastWritten written;

  /**
   * None yet.
   *
   * @param redoing remembers how to do again what can be done again
   * @param written is told which pages local transactions write
   */
  SessionCommits(ClientThread thread, CommitEvents events, Redoing redoing, LastWritten written) {
    this.thread = thread;
    this.world = thread.world();
    this.events = events;
    this.redoing = redoing;
    this.written = written;
  }

  /** Does work until it is in the store, anew each time that another commit came first. */
  Reply insist(String work, How how, Consumer<Changes> body) {
    for (int tries = 1; ; tries++) {
      Reply reply = transact(work, work + "#" + tries, how, body);
      if (reply.outcome() != Outcome.CONFLICT || tries == MAX_CONFLICTS) {
        return reply;
      }
      thread.pull();
    }
  }

  /** Does work in one transaction that goes by the work's name. */
  Reply transact(String work, How how, Consumer<Changes> body) {
    return transact(work, work, how, body);
  }

  private Reply transact(String work, String name, How how, Consumer<Changes> body) {
    Reply reply =
        thread.living(
            () -> once(work, name, how, body),
            () -> new Reply(thread.hasOpenCall() ? Outcome.UNKNOWN : Outcome.NOTHING, 0));
    if (reply.outcome() != Outcome.UNKNOWN || !worksAnew()) {
      return reply;
    }
    thread.pull();
    return transact(work, name + "'", how, body);
  }

  private boolean worksAnew() {
    return world.flaws().outcomes() == Flaws.OnUnknown.WORKS_ANEW;
  }

  private Reply once(String work, String name, How how, Consumer<Changes> body) {
    thread.settle();
    long began = thread.recorder().now();
    try (Transaction transaction = thread.replica().begin()) {
      RecordedTransaction changes =
          new RecordedTransaction(world, transaction, thread.names(transaction.base()));
      long base = transaction.base().position().lsn().value();
      try {
        thread.unlessGone(
            base,
            () -> {
              body.accept(changes);
              return true;
            });
      } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Gone e) {
        // A page could not be had. Nothing was sent.
        return new Reply(Outcome.NOTHING, 0);
      }
      Event.Commit made = events.made(work, name, began, changes, how);
      Reply reply = commit(transaction, options(made, how, body), changes.view().lsn());
      if (reply.outcome() == Outcome.LOCAL) {
        written.add(changes.writes().keySet());
      }
      thread.answered(made.call(), reply.outcome(), reply.lsn());
      return reply;
    }
  }

  private CommitOptions options(Event.Commit made, How how, Consumer<Changes> body) {
    String name = made.transaction();
    CommitOptions options = how.options(thread.client(), name);
    boolean byName = how.equals(How.BY_NAME);
    if (!byName && !how.equals(How.AGAIN)) {
      return options;
    }
    redoing.remember(made, body);
    return byName
        ? options.with(new Mutation(name, new byte[0]))
        : options.again(onto -> redoing.redo(name, onto));
  }

  private Reply commit(Transaction transaction, CommitOptions options, long base) {
    for (int tries = 1; ; tries++) {
      try {
        return switch (transaction.commit(options)) {
          case CommitResult.Committed(var position) ->
              new Reply(Outcome.DONE, position.lsn().value());
          case CommitResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
          case CommitResult.Local local -> new Reply(Outcome.LOCAL, 0);
          case CommitResult.Nothing nothing -> new Reply(Outcome.NOTHING, 0);
        };
      } catch (GraftException.Unavailable e) {
        switch (world.flaws().outcomes()) {
          case ASKS_AGAIN -> {
            if (tries == MAX_TRIES) {
              return new Reply(Outcome.UNKNOWN, 0);
            }
            world.sim().note("asks again: " + e.getMessage());
            world.sim().pause(PAUSE);
          }
          case WORKS_ANEW -> {
            return new Reply(Outcome.UNKNOWN, 0);
          }
          case BELIEVES -> {
            return new Reply(Outcome.DONE, base + 1);
          }
        }
      } catch (GraftException.Corrupt e) {
        // What came was damaged on the way: nobody knows what became of it.
        world.requireDamage(e);
        return new Reply(Outcome.UNKNOWN, 0);
      } catch (GraftException.Gone e) {
        // It may have landed long ago, before its place was given up.
        thread.gone(base);
        return new Reply(Outcome.UNKNOWN, 0);
      } catch (GraftException.Limit e) {
        // There was no room to begin with.
        return new Reply(Outcome.NOTHING, 0);
      }
    }
  }
}
