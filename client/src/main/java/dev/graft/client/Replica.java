package dev.graft.client;

import dev.graft.client.cache.CacheStatus;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.LogPage;
import java.time.Instant;
import java.util.List;

/**
 * A local, partial copy of a volume. It stands on one snapshot and moves only when it is told to
 * ({@link #pull}) or when it commits. Safe for use by many threads.
 */
public interface Replica extends AutoCloseable {
  /**
   * Opens a replica: with one request when it is new, with none when its folder knows it.
   *
   * @throws dev.graft.protocol.error.GraftException.NotFound when there is no such volume
   * @throws dev.graft.protocol.error.GraftException.Misuse when the folder is in use, cannot be
   *     written, or holds another volume
   * @throws dev.graft.protocol.error.GraftException.Corrupt when the folder is damaged
   */
  static Replica open(ReplicaOptions options) {
    return Opening.open(options);
  }

  /** The volume. */
  VolumeId volume();

  /** The size of a page. */
  PageSize pageSize();

  /** Pins the current snapshot. No I/O. */
  Snapshot snapshot();

  /** Pins a snapshot of the past: one request. The current snapshot stays. */
  Snapshot at(Lsn lsn);

  /**
   * Pins the snapshot that was the head at a time: one request, and one more to be sure that
   * nothing lies between, unless it is the head still. The current snapshot stays.
   */
  Snapshot at(Instant time);

  /**
   * Starts a transaction on the current snapshot. Any number may be open; of those that race, one
   * commits.
   */
  Transaction begin();

  /**
   * Asks what is new and moves there. Metadata only. A replica with local transactions learns what
   * is new and stays where it is: {@link #push} or {@link #rebase} takes them along.
   */
  Changes pull();

  /**
   * Moves to the remote's head whatever stood here before; for a replica that has diverged.
   *
   * @throws dev.graft.protocol.error.GraftException.Misuse when local transactions would be lost:
   *     push them, or {@link #discard} them first
   */
  Changes reset();

  /**
   * Brings all local transactions to the store, as few commits. One that was cut is resumed first
   * and lands once.
   *
   * @param policy what to do when others committed first
   * @param progress is told of bytes brought and of all there are
   * @throws dev.graft.protocol.error.GraftException.Unavailable when the remote does not answer:
   *     the same call later goes on where this one was cut
   */
  PushResult push(Policy policy, Progress progress);

  /** The same, telling nobody how far it is. */
  default PushResult push(Policy policy) {
    return push(policy, Progress.NONE);
  }

  /**
   * Lays local transactions on the remote's head by a policy, without pushing them.
   *
   * @return {@link PushResult.Nothing} when there is nothing new or nothing local, {@link
   *     PushResult.Pushed} with 0 commits when they lie on the head now, or the conflict
   */
  PushResult rebase(Policy policy);

  /** Local transactions that are not in the store, oldest first. */
  List<PendingCommit> pending();

  /**
   * Gives up all local transactions and moves back to the commit that they stand on.
   *
   * @return how many were given up
   * @throws dev.graft.protocol.error.GraftException.Unavailable when a push was cut and may have
   *     landed: push again first
   */
  int discard();

  /** Reads every frame of the cache and holds it against its checksum. Asks nobody. */
  CacheProof proveCache();

  /**
   * Makes the volume what it was at an LSN, by a commit that carries no pages, and moves there: two
   * requests. When its outcome is not known, the same call again finds out.
   *
   * @param to 0 makes the volume empty; where the replica stands is {@link CommitResult.Nothing}
   * @param options author and message count; it is always durable in the store, and a conflict is
   *     told
   * @throws dev.graft.protocol.error.GraftException.Misuse when there are local transactions
   * @throws dev.graft.protocol.error.GraftException.Gone when that LSN is below the floor
   */
  CommitResult revert(Lsn to, CommitOptions options);

  /**
   * Makes a new volume that begins as this replica's current commit, copying no pages: one request.
   *
   * @param child the new volume's id
   * @throws dev.graft.protocol.error.GraftException.Misuse when there are local transactions, which
   *     {@link #push} with {@link Policy.Fork} brings along
   */
  Forked fork(VolumeId child);

  /**
   * What changed between two commits, whichever is the earlier one: two requests, and those for
   * parts of the map that were too large to come along; no page data. A page that was written again
   * counts as changed, whatever it holds.
   *
   * @throws dev.graft.protocol.error.GraftException.NotFound when there is no such commit yet
   */
  Changes diff(Lsn from, Lsn upto);

  /**
   * Brings all pages of the current snapshot here, as {@link Snapshot#hydrate(Progress)} does:
   * afterwards reads wait for nothing, and need no network.
   */
  default Hydrated hydrate(Progress progress) {
    try (Snapshot snapshot = snapshot()) {
      return snapshot.hydrate(progress);
    }
  }

  /**
   * Makes a replica in memory that stands where this one does, to find out what something costs.
   * Local transactions are not in it.
   *
   * @param cold whether it begins with nothing, opening included; else it has what is here
   */
  default Rehearsal rehearse(boolean cold) {
    throw new UnsupportedOperationException("this replica has no rehearsals");
  }

  /** Where this replica stands. No request. */
  ReplicaStatus status();

  /** What the cache of this replica holds and what it gave up. */
  CacheStatus cacheStatus();

  /** Commits, newest first: one request. */
  LogPage log(int max);

  /** Adds a listener that is told of every later move. */
  void onMove(MoveListener listener);

  @Override
  void close();
}
