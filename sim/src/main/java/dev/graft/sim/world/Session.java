package dev.graft.sim.world;

import dev.graft.client.Policy;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.View;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A client's replica as one thread of its processes uses it: whatever is done through it is written
 * down. When the process is killed the thread goes on in the next one, which remembers what the
 * disk kept. One call at a time. What it does by kind is in classes of their own; this is their
 * face.
 */
public final class Session {
  private final World world;
  private final ClientThread thread;
  private final SessionReads reads;
  private final SessionCommits commits;
  private final SessionPushes pushes;
  private final Branching branching;
  private final LastWritten written = new LastWritten();

  /** The first thread of a client. */
  Session(World world, Client client) {
    this(world, new ClientThread(world, client, ""));
  }

  private Session(World world, ClientThread thread) {
    this.world = world;
    this.thread = thread;
    this.reads = new SessionReads(thread);
    CommitEvents events = new CommitEvents(thread);
    Redoing redoing = new Redoing(events);
    this.commits = new SessionCommits(thread, events, redoing, written);
    this.pushes = new SessionPushes(thread, redoing);
    this.branching = new Branching(thread);
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
    return thread.client();
  }

  /** The volume. */
  public VolumeId volume() {
    return thread.volume();
  }

  /** The session's name in histories: client, process and thread. */
  String name() {
    return thread.name();
  }

  /** Another thread on the same replica. */
  public Session beside(String other) {
    return new Session(world, thread.beside(other));
  }

  /** The process that this thread runs in; the next one when it was killed. */
  Client.Life alive() {
    return thread.alive();
  }

  /** The process that this thread runs in, which may be dead. */
  Client.Life life() {
    return thread.life();
  }

  /** The replica of the process, to be used beside what is written down here. */
  Replica replica() {
    return thread.replica();
  }

  /** Asks what is new; gives the LSN that the replica stands on. */
  public long pull() {
    return thread.pull();
  }

  /** The head that this client has heard of. */
  public long knownHead() {
    return replica().status().remoteHead().lsn().value();
  }

  /** How many local transactions wait. */
  public int waiting() {
    return thread.waiting();
  }

  /** Reads the snapshot that the replica stands on. */
  public <T> T read(Function<Pages, T> reading) {
    return reads.now(reading);
  }

  /** Reads a snapshot of the past; nothing when it is gone. */
  public <T> Optional<T> readPast(long lsn, Function<Pages, T> reading) {
    return reads.past(lsn, reading);
  }

  /**
   * Reads the snapshot that was the head at a time; nothing when there was none, or it is gone.
   *
   * @param age of the world then
   */
  public <T> Optional<T> readAt(Duration age, Function<Pages, T> reading) {
    return reads.at(age, reading);
  }

  /** All pages of a snapshot of the past, and one beyond its end. */
  void readWhole(long lsn) {
    reads.whole(lsn);
  }

  /** Pins the snapshot that the replica stands on until it is closed. */
  public LongRead readLong() {
    return new LongRead(thread, reads);
  }

  /** A snapshot of this moment. */
  View view(Snapshot snapshot) {
    return thread.view(snapshot);
  }

  /** Another program has read through the replica of a process. */
  void watched(String process, long began, View view, Map<Long, String> pages) {
    reads.watched(process, began, view, pages);
  }

  /**
   * Does work in one transaction and commits it to the store.
   *
   * @param work what is to be achieved, unique
   * @param body stages the changes; may be called again
   */
  public Reply transact(String work, Consumer<Changes> body) {
    return commits.transact(work, How.REJECT, body);
  }

  /** The same in the client's folder. */
  public Reply transactLocally(String work, Consumer<Changes> body) {
    return commits.transact(work, How.LOCAL, body);
  }

  /** The same, on top of what other threads did meanwhile when it has nothing to do with it. */
  public Reply transactLocallyMerging(String work, Consumer<Changes> body) {
    return commits.transact(work, How.LOCAL_MERGE, body);
  }

  /**
   * The same; it can be done again on another head.
   *
   * @param byName whether by its name, as after a restart, or by what this process remembers
   */
  public Reply transactAgain(String work, boolean byName, Consumer<Changes> body) {
    return commits.transact(work, byName ? How.BY_NAME : How.AGAIN, body);
  }

  /**
   * Does work until it is in the store, anew each time that another commit came first.
   *
   * @param work what is to be achieved, unique
   * @param body stages the changes on whatever the replica stands on
   * @return anything but a conflict, unless the last try met one
   */
  public Reply insist(String work, Consumer<Changes> body) {
    return commits.insist(work, How.REJECT, body);
  }

  /** The same; what others did meanwhile is no conflict when it has nothing to do with the work. */
  public Reply insistMerging(String work, Consumer<Changes> body) {
    return commits.insist(work, How.MERGE, body);
  }

  /** Brings what was committed locally to the store, unless others came first. */
  public Reply push() {
    return pushes.push(new Policy.Reject());
  }

  /** The same; what others did is no conflict when it has nothing to do with it. */
  public Reply pushMerging() {
    return pushes.push(new Policy.Merge());
  }

  /** The same; when others came first, all is done again on their head. */
  public Reply pushReplaying() {
    return pushes.push(pushes.replaying());
  }

  /** The same; when others came first, all goes to a fork, and the replica to the head. */
  public Reply pushForking() {
    return pushes.push(new Policy.Fork(world.newForkId()));
  }

  /** Lays what was committed locally on the head, as far as it has nothing to do with others. */
  public Reply rebaseMerging() {
    return pushes.rebase(new Policy.Merge());
  }

  /** Does what was committed locally again on the head. */
  public Reply rebaseReplaying() {
    return pushes.rebase(pushes.replaying());
  }

  /**
   * Gives up what was committed locally; whether that was possible, as far as is known. The pages
   * that it wrote last are read before and after.
   */
  public boolean discard() {
    readWritten();
    boolean done = pushes.discard();
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

  /**
   * Makes the volume what it was at an LSN.
   *
   * @param work what it is called, unique
   */
  public Reply revert(String work, long to) {
    return branching.revert(work, to);
  }

  /** Makes a volume that begins as an LSN of this one; nothing when that could not be done. */
  public Optional<VolumeId> fork(long lsn) {
    return branching.fork(lsn);
  }
}
