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
import dev.graft.sim.Killed;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Durability;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client's replica as one thread of its processes uses it: whatever is done through it is written
 * down. When the process is killed the thread goes on in the next one, which remembers what the
 * disk kept. One call at a time.
 */
public final class Session {
  private static final int MAX_TRIES = 60;
  private static final int MAX_CONFLICTS = 8;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final World world;
  private final Recorder recorder;
  private final Client client;
  private final String thread;
  private final VolumeId volume;
  private final Redoing redoing;

  /** The process that this thread runs in. */
  private Client.Life life;

  /** The call that was not answered yet; 0 when there is none. */
  private long openCall;

  private final LastWritten written = new LastWritten();

  /** A revert may still land: this process asks for no other. */
  private boolean revertOpen;

  /**
   * A thread.
   *
   * @param thread unique in its client; the first one has no name
   */
  Session(World world, Client client, String thread) {
    this.world = world;
    this.recorder = world.recorder();
    this.client = client;
    this.thread = thread;
    this.volume = client.volume();
    this.life = client.life();
    this.redoing = new Redoing(this);
  }

  /**
   * Does something in a process that lives. When it is killed meanwhile, a call that was not
   * answered never will be, and the thread goes on in the next process.
   *
   * @param killed gives what comes of it then
   */
  private <T> T living(Supplier<T> doing, Supplier<T> killed) {
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

  private void goOn() {
    life = client.after(life);
    revertOpen = false;
  }

  /** The process that this thread runs in; the next one when it was killed. */
  Client.Life alive() {
    if (life.process().isDead()) {
      goOn();
    }
    return life;
  }

  /** The process that this thread runs in, which may be dead. */
  Client.Life life() {
    return life;
  }

  /** The same, again and again until it was done; anew when what the disk kept is too old. */
  private <T> T untilDone(Supplier<T> doing) {
    for (int tries = 1; ; ) {
      try {
        Optional<T> done = living(() -> Optional.of(doing.get()), Optional::empty);
        if (done.isPresent()) {
          return done.get();
        }
      } catch (GraftException.Gone e) {
        if (tries++ == MAX_CONFLICTS) {
          throw e;
        }
        pull();
      }
    }
  }

  private long beginsCall() {
    openCall = recorder.nextCall();
    return openCall;
  }

  private void answered(long call, Outcome outcome, long lsn) {
    recorder.add(new Event.Told(recorder.now(), call, outcome, lsn));
    openCall = 0;
  }

  /** What a call was told; the LSN counts when it is done. */
  public record Reply(Outcome outcome, long lsn) {
    /** Whether it is in the store. */
    public boolean isDone() {
      return outcome == Outcome.DONE;
    }
  }

  /** The client's name. */
  public String client() {
    return client.name();
  }

  /** The volume. */
  public VolumeId volume() {
    return volume;
  }

  /** The replica of the process, to be used beside what is written down here. */
  Replica replica() {
    return life.replica();
  }

  /** The session's name in histories: client, process and thread. */
  String name() {
    return client.name() + "." + life.number() + (thread.isEmpty() ? "" : "." + thread);
  }

  /** Another thread on the same replica. */
  public Session beside(String other) {
    return new Session(world, client, other);
  }

  /** Asks what is new; gives the LSN that the replica stands on. */
  public long pull() {
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
      told(call, Outcome.UNKNOWN, 0);
      return moving(() -> replica().reset().upto().lsn().value());
    }
    boolean stays = replica().status().pending() > 0;
    return told(call, stays ? Outcome.NOTHING : Outcome.DONE, standing());
  }

  private long told(long call, Outcome outcome, long lsn) {
    answered(call, outcome, lsn);
    return standing();
  }

  private long standing() {
    return replica().status().position().lsn().value();
  }

  /** Reads the snapshot that the replica stands on. */
  public <T> T read(Function<Pages, T> reading) {
    return untilDone(() -> {
      settle();
      MoveWatch watch = life.watch();
      try (Snapshot snapshot = replica().snapshot()) {
        long moves = watch.moves();
        Consumer<Map<Long, String>> look = pages -> watch.read(world, name(), moves, pages);
        return read(snapshot, names(snapshot), reading, "current", look);
      }
    });
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
    return untilDone(() -> readAtOnce(age, reading));
  }

  private <T> Optional<T> readAtOnce(Duration age, Function<Pages, T> reading) {
    long began = recorder.now();
    Instant then = SimConcurrency.START.plusMillis(age.toMillis());
    try (Snapshot snapshot = world.patiently(() -> replica().at(then))) {
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
    recorder.add(new Event.Dated(recorder.now(), name(), volume.toString(), began, asked, lsn));
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
    return untilDone(() -> pastOnce(lsn, reading, kind));
  }

  private <T> Optional<T> pastOnce(long lsn, Function<Pages, T> reading, String kind) {
    try (Snapshot snapshot = world.patiently(() -> replica().at(new Lsn(lsn)))) {
      return Optional.of(read(snapshot, reading, kind));
    } catch (GraftException.Gone e) {
      return Optional.empty();
    }
  }

  /** Pins the snapshot that the replica stands on until it is closed. */
  public LongRead readLong() {
    return new LongRead();
  }

  /** A snapshot that stays while the replica moves; when the process is killed, another one. */
  public final class LongRead implements AutoCloseable {
    private Client.@Nullable Life from;
    private Snapshot snapshot;
    private List<String> pending;

    private LongRead() {
      this.from = life;
      this.snapshot = replica().snapshot();
      this.pending =
          untilDone(() -> {
            if (from != life) {
              pin();
            }
            return names(snapshot);
          });
    }

    private void pin() {
      snapshot.close();
      from = life;
      snapshot = replica().snapshot();
    }

    /** Reads of it. */
    public <T> T read(Function<Pages, T> reading) {
      return untilDone(() -> {
        if (from != life) {
          pin();
          pending = names(snapshot);
        }
        try {
          return Session.this.read(snapshot, pending, reading, "past");
        } catch (GraftException.Gone e) {
          from = null;
          throw e;
        }
      });
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
    return read(snapshot, names, reading, kind, pages -> {});
  }

  private <T> T read(
      Snapshot snapshot,
      List<String> names,
      Function<Pages, T> reading,
      String kind,
      Consumer<Map<Long, String>> look) {
    long began = recorder.now();
    RecordedSnapshot pages = new RecordedSnapshot(world, snapshot, names);
    T result = reading.apply(pages);
    look.accept(pages.reads());
    if (kind.equals("whole")) {
      pages.reads().values().removeIf(Event.ZEROS::equals);
    }
    recorder.add(
        new Event.Read(
            recorder.now(), name(), volume.toString(), began, pages.view(), pages.reads(), kind));
    return result;
  }

  /** A snapshot of this moment. */
  View view(Snapshot snapshot) {
    return new View(
        snapshot.position().lsn().value(), names(snapshot), snapshot.pageCount().value());
  }

  /** Another program has read through the replica of a process. */
  void watched(String process, long began, View view, Map<Long, String> reads) {
    recorder.add(
        new Event.Read(recorder.now(), process, volume.toString(), began, view, reads, "current"));
  }

  /** How many local transactions wait. */
  public int waiting() {
    return replica().status().pending();
  }

  /** The local transactions that a snapshot of this moment shows. */
  private List<String> names(Snapshot snapshot) {
    return snapshot.pending() == 0 ? List.of() : pending().subList(0, snapshot.pending());
  }

  /**
   * What a full disk left half done is ended before anything is pinned: it may move the replica.
   */
  private void settle() {
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

  private long settled() {
    settle();
    return standing();
  }

  private List<String> pending() {
    return world.patiently(() -> replica().pending()).stream()
        .map(commit -> commit.message())
        .toList();
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

  /** The same, on top of what other threads did meanwhile when it has nothing to do with it. */
  public Reply transactLocallyMerging(String work, Consumer<Changes> body) {
    return transact(work, work, How.LOCAL_MERGE, body);
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
    Reply reply =
        living(
            () -> transactOnce(work, transactionName, how, body),
            () -> new Reply(openCall == 0 ? Outcome.NOTHING : Outcome.UNKNOWN, 0));
    if (reply.outcome != Outcome.UNKNOWN || !worksAnew()) {
      return reply;
    }
    pull();
    return transact(work, transactionName + "'", how, body);
  }

  private Reply transactOnce(String work, String transactionName, How how, Consumer<Changes> body) {
    settle();
    long began = recorder.now();
    try (Transaction transaction = replica().begin()) {
      RecordedTransaction changes =
          new RecordedTransaction(world, transaction, names(transaction.base()));
      try {
        body.accept(changes);
      } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Gone e) {
        // A page could not be had. Nothing was sent.
        return new Reply(Outcome.NOTHING, 0);
      }
      Event.Commit made = made(beginsCall(), name(), work, transactionName, began, changes, how);
      recorder.add(made);
      CommitOptions options = how.options(client.name(), transactionName);
      if (how.equals(How.BY_NAME) || how.equals(How.AGAIN)) {
        redoing.remember(made, body);
        options =
            how.equals(How.BY_NAME)
                ? options.with(new Mutation(transactionName, new byte[0]))
                : options.again(onto -> redoing.redo(transactionName, onto));
      }
      Reply reply = commit(transaction, options, changes.view().lsn());
      if (reply.outcome == Outcome.LOCAL) {
        written.add(changes.writes().keySet());
      }
      answered(made.call(), reply.outcome, reply.lsn);
      return reply;
    }
  }

  private Event.Commit made(
      long call,
      String session,
      String work,
      String transaction,
      long began,
      RecordedTransaction changes,
      How how) {
    return new Event.Commit(
        recorder.now(),
        call,
        session,
        client.name(),
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
        how.durability(),
        how.policy());
  }

  /** A transaction is done again on top of others that were; gives what it is now. */
  Event.Commit redo(
      Event.Commit old, int number, Transaction onto, List<String> below, Consumer<Changes> body) {
    long began = recorder.now();
    RecordedTransaction changes = new RecordedTransaction(world, onto, below);
    body.accept(changes);
    String again = name() + ".again" + number;
    How how = new How(Durability.LOCAL, "replay");
    long call = recorder.nextCall();
    Event.Commit made = made(call, again, old.work(), old.transaction(), began, changes, how);
    recorder.add(made);
    return made;
  }

  /** A transaction is again what it was. */
  void rewrite(Event.Commit old, int number) {
    recorder.add(
        new Event.Commit(
            recorder.now(),
            recorder.nextCall(),
            name() + ".again" + number,
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
      } catch (GraftException.Limit e) {
        // There was no room to begin with.
        return new Reply(Outcome.NOTHING, 0);
      }
    }
  }

  /** Brings what was committed locally to the store, unless others came first. */
  public Reply push() {
    return push("reject", Replica::push, new Policy.Reject());
  }

  /** The same; what others did is no conflict when it has nothing to do with it. */
  public Reply pushMerging() {
    return push("merge", Replica::push, new Policy.Merge());
  }

  /** The same; when others came first, all is done again on their head. */
  public Reply pushReplaying() {
    return push("replay", Replica::push, new Policy.Replay(redoing));
  }

  /** The same; when others came first, all goes to a fork, and the replica to the head. */
  public Reply pushForking() {
    return push("fork", Replica::push, new Policy.Fork(world.newForkId()));
  }

  /** Lays what was committed locally on the head, as far as it has nothing to do with others. */
  public Reply rebaseMerging() {
    return push("merge", Replica::rebase, new Policy.Merge());
  }

  /** Does what was committed locally again on the head. */
  public Reply rebaseReplaying() {
    return push("replay", Replica::rebase, new Policy.Replay(redoing));
  }

  private Reply push(
      String policyName, BiFunction<Replica, Policy, PushResult> how, Policy policy) {
    Reply reply =
        living(() -> pushOnce(policyName, how, policy), () -> new Reply(Outcome.UNKNOWN, 0));
    // What a process was killed in the midst of, or a full disk left half done, comes about now, or
    // never does.
    boolean known = reply.outcome != Outcome.UNKNOWN;
    redoing.end(known ? standing() : untilDone(this::settled));
    return reply;
  }

  private Reply pushOnce(
      String policyName, BiFunction<Replica, Policy, PushResult> how, Policy policy) {
    List<String> waiting = pending();
    long call = beginsCall();
    recorder.add(
        new Event.Push(recorder.now(), call, name(), volume.toString(), waiting, policyName));
    redoing.begin();
    AtomicInteger tries = new AtomicInteger();
    Reply reply;
    try {
      PushResult result =
          world.patiently(() -> {
            tries.incrementAndGet();
            return how.apply(replica(), policy);
          });
      reply =
          switch (result) {
            // Without a commit it is a rebase, which brings nothing to the store.
            case PushResult.Pushed pushed ->
                pushed.commits() == 0
                    ? new Reply(Outcome.NOTHING, 0)
                    : new Reply(Outcome.DONE, pushed.position().lsn().value());
            case PushResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
            // What a try before this one brought there, and could not note on a full disk, is done.
            case PushResult.Nothing nothing ->
                new Reply(tries.get() > 1 ? Outcome.UNKNOWN : Outcome.NOTHING, 0);
            case PushResult.Forked forked ->
                new Reply(Outcome.FORKED, forked.position().lsn().value());
          };
    } catch (GraftException.Unavailable | GraftException.Corrupt | GraftException.Limit e) {
      reply = new Reply(Outcome.UNKNOWN, 0);
    }
    answered(call, reply.outcome, reply.lsn);
    return reply;
  }

  /**
   * Makes the volume what it was at an LSN.
   *
   * @param work what it is called, unique
   */
  public Reply revert(String work, long to) {
    return living(() -> revertOnce(work, to), () -> new Reply(Outcome.UNKNOWN, 0));
  }

  private Reply revertOnce(String work, long to) {
    if (revertOpen || replica().status().pending() > 0) {
      return new Reply(Outcome.NOTHING, 0);
    }
    View view;
    try (Snapshot now = replica().snapshot()) {
      view = view(now);
    }
    long call = beginsCall();
    recorder.reverts(work, to);
    recorder.add(new Event.Revert(recorder.now(), call, name(), volume.toString(), work, view, to));
    CommitOptions options = new CommitOptions(client.name(), work, page -> false);
    Reply reply = revert(new Lsn(to), options);
    revertOpen = reply.outcome == Outcome.UNKNOWN;
    answered(call, reply.outcome, reply.lsn);
    return reply;
  }

  private Reply revert(Lsn to, CommitOptions options) {
    for (int tries = 1; ; tries++) {
      try {
        return switch (replica().revert(to, options)) {
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

  /**
   * Gives up what was committed locally; whether that was possible, as far as is known. The pages
   * that it wrote last are read before and after.
   */
  public boolean discard() {
    readWritten();
    boolean done = discards();
    readWritten();
    return done;
  }

  private void readWritten() {
    List<Long> pages = written.pages();
    if (!pages.isEmpty()) {
      read(snapshot -> {
        pages.forEach(snapshot::read);
        return true;
      });
    }
  }

  private boolean discards() {
    List<String> given = new ArrayList<>();
    return living(
        () -> {
          given.addAll(pending());
          try {
            replica().discard();
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
    recorder.add(new Event.Discarded(recorder.now(), client.name(), given));
  }

  /** Makes a volume that begins as an LSN of this one; nothing when that could not be done. */
  public Optional<VolumeId> fork(long lsn) {
    VolumeId child = world.newVolumeId();
    long call = beginsCall();
    recorder.add(
        new Event.Fork(recorder.now(), call, name(), volume.toString(), lsn, child.toString()));
    boolean done = world.fork(volume, new Lsn(lsn), child);
    told(call, done ? Outcome.DONE : Outcome.UNKNOWN, 1);
    return done ? Optional.of(child) : Optional.empty();
  }

  /** The head that this client has heard of. */
  public long knownHead() {
    return replica().status().remoteHead().lsn().value();
  }
}
