package dev.graft.client;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.LogPage;
import java.time.Instant;

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

  /** Asks what is new and moves there. Metadata only. */
  Changes pull();

  /** Moves to the remote's head whatever stood here before; for a replica that has diverged. */
  Changes reset();

  /** Where this replica stands. No request. */
  ReplicaStatus status();

  /** Commits, newest first: one request. */
  LogPage log(int max);

  /** Adds a listener that is told of every later move. */
  void onMove(MoveListener listener);

  @Override
  void close();
}
