package dev.graft.sim.world;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Policy;
import dev.graft.client.PushResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Durability;
import dev.graft.sim.judge.Event.Outcome;
import java.time.Duration;
import java.util.List;
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

  Session(World world, String name, String client, VolumeId volume, Replica replica) {
    this.world = world;
    this.recorder = world.recorder();
    this.name = name;
    this.client = client;
    this.volume = volume;
    this.replica = replica;
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

  private <T> T read(Snapshot snapshot, Function<Pages, T> reading, String kind) {
    long began = recorder.now();
    RecordedSnapshot pages = new RecordedSnapshot(world, snapshot, names(snapshot));
    T result = reading.apply(pages);
    if (kind.equals("whole")) {
      pages.reads().values().removeIf(Event.ZEROS::equals);
    }
    recorder.add(
        new Event.Read(
            recorder.now(), name, volume.toString(), began, pages.view(), pages.reads(), kind));
    return result;
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
      long call = recorder.nextCall();
      recorder.add(
          new Event.Commit(
              recorder.now(),
              call,
              name,
              client,
              volume.toString(),
              transactionName,
              work,
              began,
              changes.view(),
              changes.reads(),
              changes.readSet(),
              changes.writes(),
              changes.count(),
              changes.smallest(),
              how.durability,
              how.policy));
      Reply reply = commit(transaction, how.options(client, transactionName), changes.view().lsn());
      told(call, reply.outcome, reply.lsn);
      if (reply.outcome != Outcome.UNKNOWN || !worksAnew()) {
        return reply;
      }
    }
    pull();
    return transact(work, transactionName + "'", how, body);
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
    long call = recorder.nextCall();
    recorder.add(
        new Event.Push(recorder.now(), call, name, volume.toString(), pending(), "reject"));
    Reply reply;
    try {
      reply =
          switch (world.patiently(() -> replica.push(new Policy.Reject()))) {
            case PushResult.Pushed pushed ->
                new Reply(Outcome.DONE, pushed.position().lsn().value());
            case PushResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
            case PushResult.Nothing nothing -> new Reply(Outcome.NOTHING, 0);
            case PushResult.Forked forked -> new Reply(Outcome.UNKNOWN, 0);
          };
    } catch (GraftException.Unavailable | GraftException.Corrupt e) {
      reply = new Reply(Outcome.UNKNOWN, 0);
    }
    told(call, reply.outcome, reply.lsn);
    return reply;
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
