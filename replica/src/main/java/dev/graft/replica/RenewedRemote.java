package dev.graft.replica;

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
import org.jspecify.annotations.Nullable;

/**
 * A remote elsewhere to read from, over a way that can be given up. Safe for use by many threads.
 */
final class RenewedRemote implements Remote {
  private final Renewed<Remote> way;

  RenewedRemote(Renewed<Remote> way) {
    this.way = way;
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    return way.using(remote -> remote.volume(volume));
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    return way.using(remote -> remote.changesSince(request));
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    return way.using(remote -> remote.readRange(owner, offset, length));
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    return way.using(remote -> remote.log(volume, newest, max));
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return way.using(remote -> remote.state(volume));
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    throw onlyReads();
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    throw onlyReads();
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    throw onlyReads();
  }

  @Override
  public Forked fork(ForkRequest request) {
    throw onlyReads();
  }

  @Override
  public Retained retain(RetainRequest request) {
    throw onlyReads();
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    throw onlyReads();
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    throw onlyReads();
  }

  private static GraftException.Unauthorized onlyReads() {
    return new GraftException.Unauthorized("a read replica only reads");
  }

  @Override
  public void close() {
    way.disconnect();
  }
}
