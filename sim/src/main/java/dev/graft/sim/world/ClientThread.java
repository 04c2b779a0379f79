package dev.graft.sim.world;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.Killed;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.View;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A thread of a client, through the processes that follow each other there: what is done in one
 * that is killed goes on in the next. Knows the call that is open, and what the replica stands on.
 * One call at a time.
 */
final class ClientThread {
  private static final int MAX_TRIES = 60;
  private static final int MAX_GONE = 8;

  private final World world;
  private final Recorder recorder;
  private final Client client;
  private final String thread;
  private final VolumeId volume;

  /** The process that this thread runs in. */
  private Client.Life life;

  /** The call that was not answered yet; 0 when there is none. */
  private long openCall;

  /**
   * A thread.
   *
   * @param thread unique in its client; the first one has no name
   */
  ClientThread(World world, Client client, String thread) {
    this.world = world;
    this.recorder = world.recorder();
    this.client = client;
    this.thread = thread;
    this.volume = client.volume();
    this.life = client.life();
  }

  /** Another thread of the same client. */
  ClientThread beside(String other) {
    return new ClientThread(world, client, other);
  }

  World world() {
    return world;
  }

  Recorder recorder() {
    return recorder;
  }

  VolumeId volume() {
    return volume;
  }

  /** The client's name. */
  String client() {
    return client.name();
  }

  /** As histories call it: client, process and thread. */
  String name() {
    return client.name() + "." + life.number() + (thread.isEmpty() ? "" : "." + thread);
  }

  /** The process that this thread runs in, which may be dead. */
  Client.Life life() {
    return life;
  }

  /** The process that this thread runs in; the next one when it was killed. */
  Client.Life alive() {
    if (life.process().isDead()) {
      goOn();
    }
    return life;
  }

  private void goOn() {
    life = client.after(life);
  }

  /** The replica of the process. */
  Replica replica() {
    return life.replica();
  }

  /**
   * Does something in a process that lives. When it is killed meanwhile, a call that was not
   * answered never will be, and the thread goes on in the next process.
   *
   * @param killed gives what comes of it then
   */
  <T> T living(Supplier<T> doing, Supplier<T> killed) {
    alive();
    try {
      return doing.get();
    } catch (Killed e) {
      T outcome = killed.get();
      if (openCall != 0) {
        answered(openCall, Outcome.UNKNOWN, 0);
      }
      goOn();
      return outcome;
    }
  }

  /** The same, again and again until it was done; anew when what the disk kept is too old. */
  <T> T untilDone(Supplier<T> doing) {
    for (int tries = 1; ; ) {
      try {
        Optional<T> done = living(() -> Optional.of(doing.get()), Optional::empty);
        if (done.isPresent()) {
          return done.get();
        }
      } catch (GraftException.Gone e) {
        if (tries++ == MAX_GONE) {
          throw e;
        }
        pull();
      }
    }
  }

  /** The number of a call that is open from now on. */
  long beginsCall() {
    openCall = recorder.nextCall();
    return openCall;
  }

  /** Whether a call was written down and not answered. */
  boolean hasOpenCall() {
    return openCall != 0;
  }

  /** Writes down what a call was told. */
  void answered(long call, Outcome outcome, long lsn) {
    recorder.add(new Event.Told(recorder.now(), call, outcome, lsn));
    openCall = 0;
  }

  /** Asks for something of a commit, and writes down when that is told to be gone. */
  <T> T unlessGone(long lsn, Supplier<T> asking) {
    try {
      return asking.get();
    } catch (GraftException.Gone e) {
      gone(lsn);
      throw e;
    }
  }

  /** Writes down that a commit was told to be gone. */
  void gone(long lsn) {
    recorder.add(new Event.Gone(recorder.now(), name(), volume.toString(), lsn, -1));
  }

  /** Asks what is new; gives the LSN that the replica stands on. */
  long pull() {
    living(() -> moving(() -> replica().pull().upto().lsn().value()), () -> 0L);
    return standing();
  }

  private long moving(Supplier<Long> move) {
    long call = beginsCall();
    recorder.add(new Event.Pull(recorder.now(), call, name(), volume.toString()));
    try {
      world.patiently(move);
    } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Limit e) {
      return told(call, Outcome.UNKNOWN, 0);
    } catch (GraftException.Gone e) {
      gone(standing());
      told(call, Outcome.UNKNOWN, 0);
      return moving(() -> replica().reset().upto().lsn().value());
    }
    boolean stays = waiting() > 0;
    return told(call, stays ? Outcome.NOTHING : Outcome.DONE, standing());
  }

  private long told(long call, Outcome outcome, long lsn) {
    answered(call, outcome, lsn);
    return standing();
  }

  /** The LSN that the replica stands on. */
  long standing() {
    return replica().status().position().lsn().value();
  }

  /** How many local transactions wait. */
  int waiting() {
    return replica().status().pending();
  }

  /** The local transactions that wait. */
  List<String> pending() {
    return world.patiently(() -> replica().pending()).stream()
        .map(commit -> commit.message())
        .toList();
  }

  /** The local transactions that a snapshot of this moment shows. */
  List<String> names(Snapshot snapshot) {
    return snapshot.pending() == 0 ? List.of() : pending().subList(0, snapshot.pending());
  }

  /** A snapshot of this moment, as histories tell it. */
  View view(Snapshot snapshot) {
    return new View(
        snapshot.position().lsn().value(), names(snapshot), snapshot.pageCount().value());
  }

  /**
   * What a full disk left half done is ended before anything is pinned: it may move the replica.
   */
  void settle() {
    for (int tries = 1; waiting() > 0; tries++) {
      try {
        pending();
        return;
      } catch (GraftException.Limit e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }

  /** The same; gives the LSN that the replica stands on then. */
  long settled() {
    settle();
    return standing();
  }
}
