package dev.graft.sim.world;

import dev.graft.client.Mutation;
import dev.graft.client.Replayer;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.sim.judge.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How the local transactions of one client are done again on another head, and what they are since:
 * each time is written down as another content of the same transaction. For one thread.
 */
final class Redoing implements Replayer {
  private final CommitEvents events;
  private final Map<String, Consumer<Changes>> bodies = new HashMap<>();

  /** What each transaction is, by name. */
  private final Map<String, Event.Commit> contents = new HashMap<>();

  /** What this push did again, each time that the head was new. */
  private final List<List<Event.Commit>> batches = new ArrayList<>();

  private int redone;

  Redoing(CommitEvents events) {
    this.events = events;
  }

  /** Keeps how to do a transaction again, and what it is now. */
  void remember(Event.Commit made, Consumer<Changes> body) {
    bodies.put(made.transaction(), body);
    contents.put(made.transaction(), made);
  }

  /** A push or a rebase begins. */
  void begin() {
    batches.clear();
  }

  /**
   * It has ended, perhaps with its process. What was done again came about when the replica stands
   * on its head or beyond; what was done again later did not.
   *
   * @param standing the LSN that the replica stands on
   */
  void end(long standing) {
    Set<String> others = new LinkedHashSet<>();
    for (List<Event.Commit> batch : batches) {
      if (!batch.isEmpty() && batch.getFirst().view().lsn() <= standing) {
        batch.forEach(made -> contents.put(made.transaction(), made));
        others.clear();
      } else {
        batch.forEach(made -> others.add(made.transaction()));
      }
    }
    others.forEach(name -> events.rewritten(Objects.requireNonNull(contents.get(name)), ++redone));
    batches.clear();
  }

  @Override
  public void replay(Mutation mutation, Transaction onto) {
    redo(mutation.name(), onto);
  }

  /** Does a transaction's work again. */
  void redo(String name, Transaction onto) {
    if (onto.base().pending() == 0) {
      batches.add(new ArrayList<>());
    }
    List<Event.Commit> batch = batches.getLast();
    Event.Commit old = contents.get(name);
    Consumer<Changes> body = bodies.get(name);
    if (old == null || body == null) {
      throw new GraftException.Misuse("nobody made " + name);
    }
    List<String> below = batch.stream().map(Event.Commit::transaction).toList();
    batch.add(events.redone(old, ++redone, onto, below, body));
  }
}
