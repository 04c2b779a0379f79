package dev.graft.client.count;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A remote that is farther away than it is: every request waits before it goes on. For
 * measurements.
 */
public final class DelayingRemote implements Remote {
  private final Remote target;
  private final Concurrency concurrency;
  private final Duration read;
  private final Duration write;

  /**
   * Delays what is asked of the target, and closes it when it is closed itself.
   *
   * @param concurrency whose clock and sleep count
   * @param read before range reads and questions
   * @param write before uploads and commits
   */
  public DelayingRemote(Remote target, Concurrency concurrency, Duration read, Duration write) {
    this.target = target;
    this.concurrency = concurrency;
    this.read = read;
    this.write = write;
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    pause(write);
    return target.createVolume(request);
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    pause(read);
    return target.volume(volume);
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    pause(read);
    return target.changesSince(request);
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    pause(write);
    return target.upload(volume, segment, bytes);
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    pause(write);
    return target.commit(request);
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    pause(read);
    return target.readRange(owner, offset, length);
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    pause(read);
    return target.log(volume, newest, max);
  }

  @Override
  public Forked fork(ForkRequest request) {
    pause(write);
    return target.fork(request);
  }

  @Override
  public VolumeState state(VolumeId volume) {
    pause(read);
    return target.state(volume);
  }

  @Override
  public Retained retain(RetainRequest request) {
    pause(write);
    return target.retain(request);
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    pause(write);
    return target.waiting(volume);
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    pause(write);
    return target.delete(volume);
  }

  @Override
  public void close() {
    target.close();
  }

  private void pause(Duration length) {
    try {
      concurrency.sleepUntil(concurrency.instant().plus(length));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraftException.Unavailable("interrupted before the request was sent", e);
    }
  }
}
