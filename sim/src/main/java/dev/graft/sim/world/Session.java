package dev.graft.sim.world;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Mutation;
import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Durability;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A client's replica as one thread of one process uses it: whatever is done through it is written
 * down. One call at a time.
 */
public final class Session {
  private static final int MAX_TRIES = 60;
  private static final int MAX_CONFLICTS = 8;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final World world;
  private final Recorder recorder;
  private final String name;
  private final String client;
  private final VolumeId volume;
  private final Replica replica;
  private final Redoing redoing;

  /** A revert may still land: no other is asked for. */
  private boolean revertOpen;

  Session(World world, String name, String client, VolumeId volume, Replica replica) {
    this.world = world;
    this.recorder = world.recorder();
    this.name = name;
    this.client = client;
    this.volume = volume;
    this.replica = replica;
    this.redoing = new Redoing(this);
  }

  /** What a call was told; the LSN counts when it is done. */
  public record Reply(Outcome outcome, long lsn) {
    /** Whether it is in the store. */
    public boolean isDone() {
      return outcome == Outcome.DONE;
    }
  }

  /** When a commit is done, and what to do when others come first. */
  private record How(Durability durability, String policy) {
    static final How REJECT = new How(Durability.REMOTE, "reject");
    static final How MERGE = new How(Durability.REMOTE, "merge");
    static final How LOCAL = new How(Durability.LOCAL, "reject");

    /** Can be done again by its name, as after a restart. */
    static final How BY_NAME = new How(Durability.LOCAL, "replay");

    /** Can be done again while the process lives. */
    static final How AGAIN = new How(Durability.LOCAL, "again");

    CommitOptions options(String author, String message) {
      CommitOptions options = new CommitOptions(author, message, page -> false);
      return switch (durability) {
        case LOCAL -> options.with(CommitOptions.Durability.LOCAL);
        case REMOTE -> policy.equals("merge") ? options.onConflict(new Policy.Merge()) : options;
      };
    }
  }

  /** The client's name. */
  public String client() {
    return client;
  }

  /** The volume. */
  public VolumeId volume() {
    return volume;
  }

  /** The replica, to be used beside what is written down here. */
  Replica replica() {
    return replica;
  }

  /** The session's name in histories. */
  String name() {
    return name;
  }

  /** Another thread on the same replica. */
  public Session beside(String thread) {
    return new Session(world, name + "." + thread, client, volume, replica);
  }

  /** Asks what is new; gives the LSN that the replica stands on. */
  public long pull() {
    return moving(() -> replica.pull().upto().lsn().value());
  }

  private long moving(Supplier<Long> move) {
    long call = recorder.nextCall();
    recorder.add(new Event.Pull(recorder.now(), call, name, volume.toString()));
    try {
      world.patiently(move);
    } catch (GraftException.Unavailable | GraftException.Corrupt e) {
      return told(call, Outcome.UNKNOWN, 0);
    } catch (GraftException.Gone e) {
      told(call, Outcome.UNKNOWN, 0);
      return moving(() -> replica.reset().upto().lsn().value());
    }
    boolean stays = replica.status().pending() > 0;
    return told(call, stays ? Outcome.NOTHING : Outcome.DONE, standing());
  }

  private long told(long call, Outcome outcome, long lsn) {
    recorder.add(new Event.Told(recorder.now(), call, outcome, lsn));
    return standing();
  }

  private long standing() {
    return replica.status().position().lsn().value();
  }

  /** Reads the snapshot that the replica stands on. */
  public <T> T read(Function<Pages, T> reading) {
    try (Snapshot snapshot = replica.snapshot()) {
      return read(snapshot, reading, "current");
    }
  }

  /** Reads a snapshot of the past; nothing when it is gone. */
  public <T> Optional<T> readPast(long lsn, Function<Pages, T> reading) {
    return past(lsn, reading, "past");
  }

  /**
   * Reads the snapshot that was the head at a time; nothing when there was none, or it is gone.
   *
   * @param age of the world then
   */
  public <T> Optional<T> readAt(Duration age, Function<Pages, T> reading) {
    long began = recorder.now();
    Instant then = SimConcurrency.START.plusMillis(age.toMillis());
    try (Snapshot snapshot = world.patiently(() -> replica.at(then))) {
      dated(began, then, snapshot.position().lsn().value());
      return Optional.of(read(snapshot, reading, "past"));
    } catch (GraftException.NotFound e) {
      dated(began, then, 0);
    } catch (GraftException.Gone | GraftException.Unavailable | GraftException.Corrupt e) {
      world.sim().note("not read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private void dated(long began, Instant then, long lsn) {
    long asked = then.toEpochMilli() * 1_000_000;
    recorder.add(new Event.Dated(recorder.now(), name, volume.toString(), began, asked, lsn));
  }

  /** All pages of a snapshot of the past, and one beyond its end. */
  void readWhole(long lsn) {
    past(
        lsn,
        pages -> {
          for (long page = 1; page <= pages.count() + 1; page++) {
            pages.read(page);
          }
          return true;
        },
        "whole");
  }

  private <T> Optional<T> past(long lsn, Function<Pages, T> reading, String kind) {
    try (Snapshot snapshot = world.patiently(() -> replica.at(new Lsn(lsn)))) {
      return Optional.of(read(snapshot, reading, kind));
    } catch (GraftException.Gone e) {
      return Optional.empty();
    }
  }

  /** Pins the snapshot that the replica stands on until it is closed. */
  public LongRead readLong() {
    return new LongRead(replica.snapshot());
  }

  /** A snapshot that stays while the replica moves. */
  public final class LongRead implements AutoCloseable {
    private final Snapshot snapshot;
    private final List<String> pending;

    private LongRead(Snapshot snapshot) {
      this.snapshot = snapshot;
      this.pending = names(snapshot);
    }

    /** Reads of it. */
    public <T> T read(Function<Pages, T> reading) {
      return Session.this.read(snapshot, pending, reading, "past");
    }

    @Override
    public void close() {
      snapshot.close();
    }
  }

  private <T> T read(Snapshot snapshot, Function<Pages, T> reading, String kind) {
    return read(snapshot, names(snapshot), reading, kind);
  }

  private <T> T read(
      Snapshot snapshot, List<String> names, Function<Pages, T> reading, String kind) {
    long began = recorder.now();
    RecordedSnapshot pages = new RecordedSnapshot(world, snapshot, names);
    T result = reading.apply(pages);
    if (kind.equals("whole")) {
      pages.reads().values().removeIf(Event.ZEROS::equals);
    }
    recorder.add(
        new Event.Read(
            recorder.now(), name, volume.toString(), began, pages.view(), pages.reads(), kind));
    return result;
  }

  /** A snapshot of this moment. */
  View view(Snapshot snapshot) {
    return new View(
        snapshot.position().lsn().value(), names(snapshot), snapshot.pageCount().value());
  }

  /** Another program has read through the replica. */
  void watched(long began, View view, Map<Long, String> reads) {
    recorder.add(
        new Event.Read(recorder.now(), name, volume.toString(), began, view, reads, "current"));
  }

  /** How many local transactions wait. */
  public int waiting() {
    return replica.status().pending();
  }

  /** The local transactions that a snapshot of this moment shows. */
  private List<String> names(Snapshot snapshot) {
    return snapshot.pending() == 0 ? List.of() : pending().subList(0, snapshot.pending());
  }

  private List<String> pending() {
    return replica.pending().stream().map(commit -> commit.message()).toList();
  }

  /**
   * Does work in one transaction and commits it to the store.
   *
   * @param work what is to be achieved, unique
   * @param body stages the changes; may be called again
   */
  public Reply transact(String work, Consumer<Changes> body) {
    return transact(work, work, How.REJECT, body);
  }

  /** The same in the client's folder. */
  public Reply transactLocally(String work, Consumer<Changes> body) {
    return transact(work, work, How.LOCAL, body);
  }

  /**
   * The same; it can be done again on another head.
   *
   * @param byName whether by its name, as after a restart, or by what this process remembers
   */
  public Reply transactAgain(String work, boolean byName, Consumer<Changes> body) {
    return transact(work, work, byName ? How.BY_NAME : How.AGAIN, body);
  }

  /**
   * Does work until it is in the store, anew each time that another commit came first.
   *
   * @param work what is to be achieved, unique
   * @param body stages the changes on whatever the replica stands on
   * @return anything but a conflict, unless the last try met one
   */
  public Reply insist(String work, Consumer<Changes> body) {
    return insist(work, How.REJECT, body);
  }

  /** The same; what others did meanwhile is no conflict when it has nothing to do with the work. */
  public Reply insistMerging(String work, Consumer<Changes> body) {
    return insist(work, How.MERGE, body);
  }

  private Reply insist(String work, How how, Consumer<Changes> body) {
    for (int tries = 1; ; tries++) {
      Reply reply = transact(work, work + "#" + tries, how, body);
      if (reply.outcome != Outcome.CONFLICT || tries == MAX_CONFLICTS) {
        return reply;
      }
      pull();
    }
  }

  private Reply transact(String work, String transactionName, How how, Consumer<Changes> body) {
    long began = recorder.now();
    try (Transaction transaction = replica.begin()) {
      RecordedTransaction changes =
          new RecordedTransaction(world, transaction, names(transaction.base()));
      try {
        body.accept(changes);
      } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Gone e) {
        // A page could not be had. Nothing was sent.
        return new Reply(Outcome.NOTHING, 0);
      }
      Event.Commit made = made(name, work, transactionName, began, changes, how);
      recorder.add(made);
      CommitOptions options = how.options(client, transactionName);
      if (how.equals(How.BY_NAME) || how.equals(How.AGAIN)) {
        redoing.remember(made, body);
        options =
            how.equals(How.BY_NAME)
                ? options.with(new Mutation(transactionName, new byte[0]))
                : options.again(onto -> redoing.redo(transactionName, onto));
      }
      Reply reply = commit(transaction, options, changes.view().lsn());
      told(made.call(), reply.outcome, reply.lsn);
      if (reply.outcome != Outcome.UNKNOWN || !worksAnew()) {
        return reply;
      }
    }
    pull();
    return transact(work, transactionName + "'", how, body);
  }

  private Event.Commit made(
      String session,
      String work,
      String transaction,
      long began,
      RecordedTransaction changes,
      How how) {
    return new Event.Commit(
        recorder.now(),
        recorder.nextCall(),
        session,
        client,
        volume.toString(),
        transaction,
        work,
        began,
        changes.view(),
        changes.reads(),
        changes.readSet(),
        changes.writes(),
        changes.count(),
        changes.smallest(),
        how.durability,
        how.policy);
  }

  /** A transaction is done again on top of others that were; gives what it is now. */
  Event.Commit redo(
      Event.Commit old, int number, Transaction onto, List<String> below, Consumer<Changes> body) {
    long began = recorder.now();
    RecordedTransaction changes = new RecordedTransaction(world, onto, below);
    body.accept(changes);
    String again = name + ".again" + number;
    How how = new How(Durability.LOCAL, "replay");
    Event.Commit made = made(again, old.work(), old.transaction(), began, changes, how);
    recorder.add(made);
    return made;
  }

  /** A transaction is again what it was. */
  void rewrite(Event.Commit old, int number) {
    recorder.add(
        new Event.Commit(
            recorder.now(),
            recorder.nextCall(),
            name + ".again" + number,
            old.client(),
            old.volume(),
            old.transaction(),
            old.work(),
            old.began(),
            old.view(),
            old.reads(),
            old.readSet(),
            old.writes(),
            old.count(),
            old.smallest(),
            old.durability(),
            old.policy()));
  }

  private boolean worksAnew() {
    return world.flaws().outcomes() == Flaws.OnUnknown.WORKS_ANEW;
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
        return new Reply(Outcome.UNKNOWN, 0);
      }
    }
  }

  /** Brings what was committed locally to the store, unless others came first. */
  public Reply push() {
    return push("reject", replica::push, new Policy.Reject());
  }

  /** The same; what others did is no conflict when it has nothing to do with it. */
  public Reply pushMerging() {
    return push("merge", replica::push, new Policy.Merge());
  }

  /** The same; when others came first, all is done again on their head. */
  public Reply pushReplaying() {
    return push("replay", replica::push, new Policy.Replay(redoing));
  }

  /** The same; when others came first, all goes to a fork, and the replica to the head. */
  public Reply pushForking() {
    return push("fork", replica::push, new Policy.Fork(world.newForkId()));
  }

  /** Lays what was committed locally on the head, as far as it has nothing to do with others. */
  public Reply rebaseMerging() {
    return push("merge", replica::rebase, new Policy.Merge());
  }

  /** Does what was committed locally again on the head. */
  public Reply rebaseReplaying() {
    return push("replay", replica::rebase, new Policy.Replay(redoing));
  }

  private Reply push(String name, Function<Policy, PushResult> how, Policy policy) {
    long call = recorder.nextCall();
    List<String> waiting = pending();
    recorder.add(new Event.Push(recorder.now(), call, this.name, volume.toString(), waiting, name));
    redoing.begin(waiting);
    Reply reply;
    try {
      reply =
          switch (world.patiently(() -> how.apply(policy))) {
            // Without a commit it is a rebase, which brings nothing to the store.
            case PushResult.Pushed pushed ->
                pushed.commits() == 0
                    ? new Reply(Outcome.NOTHING, 0)
                    : new Reply(Outcome.DONE, pushed.position().lsn().value());
            case PushResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
            case PushResult.Nothing nothing -> new Reply(Outcome.NOTHING, 0);
            case PushResult.Forked forked ->
                new Reply(Outcome.FORKED, forked.position().lsn().value());
          };
    } catch (GraftException.Unavailable | GraftException.Corrupt e) {
      reply = new Reply(Outcome.UNKNOWN, 0);
    }
    redoing.end();
    told(call, reply.outcome, reply.lsn);
    return reply;
  }

  /**
   * Makes the volume what it was at an LSN.
   *
   * @param work what it is called, unique
   */
  public Reply revert(String work, long to) {
    if (revertOpen) {
      return new Reply(Outcome.NOTHING, 0);
    }
    long call = recorder.nextCall();
    View view;
    try (Snapshot now = replica.snapshot()) {
      view = view(now);
    }
    recorder.reverts(work, to);
    recorder.add(new Event.Revert(recorder.now(), call, name, volume.toString(), work, view, to));
    CommitOptions options = new CommitOptions(client, work, page -> false);
    Reply reply = revert(new Lsn(to), options);
    revertOpen = reply.outcome == Outcome.UNKNOWN;
    told(call, reply.outcome, reply.lsn);
    return reply;
  }

  private Reply revert(Lsn to, CommitOptions options) {
    for (int tries = 1; ; tries++) {
      try {
        return switch (replica.revert(to, options)) {
          case CommitResult.Committed(var position) ->
              new Reply(Outcome.DONE, position.lsn().value());
          case CommitResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
          case CommitResult.Nothing nothing -> new Reply(Outcome.NOTHING, 0);
          case CommitResult.Local local -> throw new AssertionError("no revert is local");
        };
      } catch (GraftException.Unavailable e) {
        if (tries == MAX_TRIES) {
          return new Reply(Outcome.UNKNOWN, 0);
        }
        world.sim().pause(PAUSE);
      } catch (GraftException.Corrupt e) {
        // Asked again it would be another request.
        world.requireDamage(e);
        return new Reply(Outcome.UNKNOWN, 0);
      } catch (GraftException.Gone e) {
        return new Reply(Outcome.UNKNOWN, 0);
      }
    }
  }

  /** Gives up what was committed locally; whether that was possible. */
  public boolean discard() {
    List<String> given = pending();
    try {
      replica.discard();
    } catch (GraftException.Unavailable e) {
      // A push was cut and may have landed.
      return false;
    }
    recorder.add(new Event.Discarded(recorder.now(), client, given));
    return true;
  }

  /** Makes a volume that begins as an LSN of this one; nothing when that could not be done. */
  public Optional<VolumeId> fork(long lsn) {
    VolumeId child = world.newVolumeId();
    long call = recorder.nextCall();
    recorder.add(
        new Event.Fork(recorder.now(), call, name, volume.toString(), lsn, child.toString()));
    boolean done = world.fork(volume, new Lsn(lsn), child);
    told(call, done ? Outcome.DONE : Outcome.UNKNOWN, 1);
    return done ? Optional.of(child) : Optional.empty();
  }

  /** The head that this client has heard of. */
  public long knownHead() {
    return replica.status().remoteHead().lsn().value();
  }

  /** Says what the client holds. */
  void tellStanding() {
    recorder.add(
        new Event.Standing(recorder.now(), name, client, volume.toString(), standing(), pending()));
  }

  void close() {
    replica.close();
  }
}
