package dev.graft.sim.world;

import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.protocol.error.GraftException;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.world.Session.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * What a session does with the local transactions that wait: it brings them to the store, lays them
 * on another head, or gives them up.
 */
final class SessionPushes {
  private final ClientThread thread;
  private final World world;
  private final Recorder recorder;
  private final Redoing redoing;

  SessionPushes(ClientThread thread, Redoing redoing) {
    this.thread = thread;
    this.world = thread.world();
    this.recorder = thread.recorder();
    this.redoing = redoing;
  }

  /** Brings them to the store. */
  Reply push(Policy policy) {
    return all(Replica::push, policy);
  }

  /** Lays them on the head. */
  Reply rebase(Policy policy) {
    return all(Replica::rebase, policy);
  }

  /** The policy that does them again. */
  Policy replaying() {
    return new Policy.Replay(redoing);
  }

  private static String name(Policy policy) {
    return switch (policy) {
      case Policy.Reject reject -> "reject";
      case Policy.Merge merge -> "merge";
      case Policy.Replay replay -> "replay";
      case Policy.Fork fork -> "fork";
    };
  }

  private Reply all(BiFunction<Replica, Policy, PushResult> how, Policy policy) {
    Reply reply = thread.living(() -> once(how, policy), () -> new Reply(Outcome.UNKNOWN, 0));
    // What a process was killed in the midst of, or a full disk left half done, comes about now, or
    // never does.
    boolean known = reply.outcome() != Outcome.UNKNOWN;
    redoing.end(known ? thread.standing() : thread.untilDone(thread::settled));
    return reply;
  }

  private Reply once(BiFunction<Replica, Policy, PushResult> how, Policy policy) {
    List<String> waiting = thread.pending();
    long call = thread.beginsCall();
    String volume = thread.volume().toString();
    recorder.add(
        new Event.Push(recorder.now(), call, thread.name(), volume, waiting, name(policy)));
    redoing.begin();
    Reply reply = outcome(how, policy);
    thread.answered(call, reply.outcome(), reply.lsn());
    return reply;
  }

  private Reply outcome(BiFunction<Replica, Policy, PushResult> how, Policy policy) {
    AtomicInteger tries = new AtomicInteger();
    try {
      PushResult result =
          world.patiently(() -> {
            tries.incrementAndGet();
            return how.apply(thread.replica(), policy);
          });
      return switch (result) {
        // Without a commit it is a rebase, which brings nothing to the store.
        case PushResult.Pushed pushed ->
            pushed.commits() == 0
                ? new Reply(Outcome.NOTHING, 0)
                : new Reply(Outcome.DONE, pushed.position().lsn().value());
        case PushResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
        // What a try before this one brought there, and could not note on a full disk, is done.
        case PushResult.Nothing nothing ->
            new Reply(tries.get() > 1 ? Outcome.UNKNOWN : Outcome.NOTHING, 0);
        case PushResult.Forked forked -> new Reply(Outcome.FORKED, forked.position().lsn().value());
      };
    } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Limit e) {
      return new Reply(Outcome.UNKNOWN, 0);
    }
  }

  /** Gives them up; whether that was possible, as far as is known. */
  boolean discard() {
    List<String> given = new ArrayList<>();
    return thread.living(
        () -> {
          given.addAll(thread.pending());
          try {
            thread.replica().discard();
          } catch (GraftException.Unavailable | GraftException.Limit e) {
            // A push was cut and may have landed; or there was no room to note it.
            return false;
          }
          discarded(given);
          return true;
        },
        () -> {
          discarded(given);
          return true;
        });
  }

  private void discarded(List<String> given) {
    recorder.add(new Event.Discarded(recorder.now(), thread.client(), given));
  }
}
