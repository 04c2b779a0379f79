package dev.graft.client;

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
import org.jspecify.annotations.Nullable;

/** A remote that asks another one; for those who change some of it. Stays open. */
class PassingRemote implements Remote {
  private final Remote target;

  PassingRemote(Remote target) {
    this.target = target;
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    return target.upload(volume, segment, bytes);
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    return target.commit(request);
  }

  @Override
  public Forked fork(ForkRequest request) {
    return target.fork(request);
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    return target.createVolume(request);
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    return target.volume(volume);
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    return target.changesSince(request);
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    return target.readRange(owner, offset, length);
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    return target.log(volume, newest, max);
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return target.state(volume);
  }

  @Override
  public Retained retain(RetainRequest request) {
    return target.retain(request);
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    return target.waiting(volume);
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    return target.delete(volume);
  }

  @Override
  public void close() {}
}
