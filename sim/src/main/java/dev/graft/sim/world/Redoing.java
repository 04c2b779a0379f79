package dev.graft.sim.world;

import dev.graft.client.Mutation;
import dev.graft.client.Replayer;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.sim.judge.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How the local transactions of one client are done again on another head, and what they are since:
 * each time is written down as another content of the same transaction. For one thread.
 */
final class Redoing implements Replayer {
  private final Session session;
  private final Map<String, Consumer<Changes>> bodies = new HashMap<>();

  /** What each transaction is, by name. */
  private final Map<String, Event.Commit> contents = new HashMap<>();

  /** What was done again since the head was last new. */
  private final List<Event.Commit> batch = new ArrayList<>();

  private List<String> waiting = List.of();
  private int redone;

  Redoing(Session session) {
    this.session = session;
  }

  /** Keeps how to do a transaction again, and what it is now. */
  void remember(Event.Commit made, Consumer<Changes> body) {
    bodies.put(made.transaction(), body);
    contents.put(made.transaction(), made);
  }

  /** A push or a rebase begins, with these local transactions. */
  void begin(List<String> transactions) {
    waiting = List.copyOf(transactions);
    batch.clear();
  }

  /** It has ended: what was done again in part only was given up, and all is as it was before. */
  void end() {
    if (isWhole()) {
      batch.forEach(made -> contents.put(made.transaction(), made));
    } else if (!batch.isEmpty()) {
      for (String name : waiting) {
        Event.Commit before = contents.get(name);
        if (before != null) {
          session.rewrite(before, ++redone);
        }
      }
    }
    batch.clear();
  }

  private boolean isWhole() {
    return !batch.isEmpty() && batch.size() == waiting.size();
  }

  @Override
  public void replay(Mutation mutation, Transaction onto) {
    redo(mutation.name(), onto);
  }

  /** Does a transaction's work again. */
  void redo(String name, Transaction onto) {
    if (onto.base().pending() == 0) {
      if (isWhole()) {
        batch.forEach(made -> contents.put(made.transaction(), made));
      }
      batch.clear();
    }
    Event.Commit old = contents.get(name);
    Consumer<Changes> body = bodies.get(name);
    if (old == null || body == null) {
      throw new GraftException.Misuse("nobody made " + name);
    }
    List<String> below = batch.stream().map(Event.Commit::transaction).toList();
    batch.add(session.redo(old, ++redone, onto, below, body));
  }
}
