package dev.graft.protocol.remote;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;

/**
 * What a client talks to. Every method is one client request. Implementations are safe for use by
 * many threads.
 *
 * <p>Any method throws {@link GraftException.Unavailable} when the other side cannot be reached;
 * then a {@link #commit} may or may not have landed, and the same request, unchanged, finds out.
 * {@link GraftException.NotFound} tells of an unknown volume.
 */
public interface Remote extends AutoCloseable {
  /**
   * Makes a volume. Idempotent: the same request again gives the same volume.
   *
   * @throws GraftException.Misuse when the id is taken by another volume
   */
  VolumeInfo createVolume(CreateVolume request);

  /** What is fixed about a volume. */
  VolumeInfo volume(VolumeId volume);

  /**
   * What changed since a position: one compact answer that carries no page data, but for the frames
   * of an open.
   */
  ChangesOutcome changesSince(ChangesRequest request);

  /**
   * Brings a whole segment to the store, to be named by a commit later. Durable when it returns.
   * Idempotent.
   *
   * @param bytes a complete segment of this volume under this id; not changed meanwhile
   * @throws GraftException.Misuse when the bytes are no such segment, or the id's time is more than
   *     10 minutes off (the message tells the right time)
   */
  UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes);

  /**
   * Tries to make exactly one commit. A conflict is final: nothing of this request can land later.
   */
  CommitOutcome commit(CommitRequest request);

  /**
   * Reads bytes of an immutable object.
   *
   * @param offset of the first byte
   * @param length how many; the range must lie within the object
   */
  RangeOutcome readRange(FrameOwner owner, long offset, int length);

  /**
   * Summaries of commits, newest first.
   *
   * @param newest the first one wanted; null for the head
   * @param max 1..1000
   */
  LogPage log(VolumeId volume, @org.jspecify.annotations.Nullable Lsn newest, int max);

  /**
   * Makes a volume that begins as a snapshot of another one. Idempotent: the same request again
   * gives the same volume.
   *
   * @throws GraftException.Gone when the snapshot lies below the parent's floor
   * @throws GraftException.Diverged when the position is not in the parent's history
   * @throws GraftException.Misuse when the child's id is taken by another volume
   */
  Forked fork(ForkRequest request);

  /** The newest state record. */
  VolumeState state(VolumeId volume);

  /**
   * Changes what is kept, and removes the commits that are given up by it or were before.
   * Idempotent.
   *
   * @throws GraftException.Misuse when the change would break what was promised: a floor above the
   *     head, or over LSNs that are younger than the retention
   * @throws GraftException.Gone when an LSN below the floor is to be kept
   */
  Retained retain(RetainRequest request);

  /**
   * Sums what waits to be removed: reads every map that can be asked for, and lists all objects.
   */
  Waiting waiting(VolumeId volume);

  /**
   * Ends a volume: everything asked about it but its {@link #state} and this is answered with
   * {@link GraftException.Gone}, from now on where it was deleted. Elsewhere no commit lands from
   * now on and no question about changes or the log is answered; {@link #volume} and {@link
   * #upload} follow within 60 seconds. Its objects are removed later, by garbage collection, and
   * not while a fork uses them. Idempotent.
   *
   * @return its state, which is {@link VolumeState#deleted}
   */
  VolumeState delete(VolumeId volume);

  @Override
  void close();
}
