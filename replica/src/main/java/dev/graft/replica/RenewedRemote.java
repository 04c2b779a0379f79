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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A remote elsewhere to read from, whose connections can be given up and made anew. Safe for use by
 * many threads.
 */
final class RenewedRemote implements Remote, Disconnectable {
  private final Supplier<? extends Remote> open;
  private final AtomicInteger underWay = new AtomicInteger();
  private @Nullable Remote current;

  RenewedRemote(Supplier<? extends Remote> open) {
    this.open = open;
  }

  private synchronized Remote remote() {
    Remote now = current;
    if (now == null) {
      now = open.get();
      current = now;
    }
    return now;
  }

  private <T> T using(Function<Remote, T> work) {
    underWay.incrementAndGet();
    try {
      return work.apply(remote());
    } finally {
      underWay.decrementAndGet();
    }
  }

  @Override
  public boolean isIdle() {
    return underWay.get() == 0;
  }

  @Override
  public synchronized void disconnect() {
    Remote before = current;
    current = null;
    if (before != null) {
      Closing.quietly(before);
    }
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    return using(remote -> remote.volume(volume));
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    return using(remote -> remote.changesSince(request));
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    return using(remote -> remote.readRange(owner, offset, length));
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    return using(remote -> remote.log(volume, newest, max));
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return using(remote -> remote.state(volume));
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
    disconnect();
  }
}
