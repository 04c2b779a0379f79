package dev.graft.cli;

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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A remote that is opened with the first request: who asks for nothing needs no store. Safe for use
 * by many threads.
 */
final class LazyRemote implements Remote {
  private final Supplier<Remote> opener;

  /** Guarded by this object's lock. */
  private @Nullable Remote opened;

  LazyRemote(Supplier<Remote> opener) {
    this.opener = opener;
  }

  private synchronized Remote remote() {
    Remote now = opened;
    if (now == null) {
      now = opener.get();
      opened = now;
    }
    return now;
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    return remote().createVolume(request);
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    return remote().volume(volume);
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    return remote().changesSince(request);
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    return remote().upload(volume, segment, bytes);
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    return remote().commit(request);
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    return remote().readRange(owner, offset, length);
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    return remote().log(volume, newest, max);
  }

  @Override
  public Forked fork(ForkRequest request) {
    return remote().fork(request);
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return remote().state(volume);
  }

  @Override
  public Retained retain(RetainRequest request) {
    return remote().retain(request);
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    return remote().waiting(volume);
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    return remote().delete(volume);
  }

  @Override
  public synchronized void close() {
    Remote now = opened;
    if (now != null) {
      now.close();
    }
  }
}
