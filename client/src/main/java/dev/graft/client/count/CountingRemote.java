package dev.graft.client.count;

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
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A remote that counts what passes through. Rounds are counted as by a stop-watch of requests: a
 * request is one deeper than the deepest that had ended when it began.
 */
public final class CountingRemote implements Remote {
  private final Remote target;
  private final Tally tally = new Tally();

  /** Counts what is asked of the target, and closes it when it is closed itself. */
  public CountingRemote(Remote target) {
    this.target = target;
  }

  /** What was counted so far; requests under way count, their bytes and rounds do not yet. */
  public Counts counts() {
    return tally.counts();
  }

  @Override
  public VolumeInfo createVolume(CreateVolume request) {
    return counted(Tally.Kind.OTHER, 0, () -> target.createVolume(request), info -> 0);
  }

  @Override
  public VolumeInfo volume(VolumeId volume) {
    return counted(Tally.Kind.OTHER, 0, () -> target.volume(volume), info -> 0);
  }

  @Override
  public ChangesOutcome changesSince(ChangesRequest request) {
    return counted(
        Tally.Kind.CHANGES, 0, () -> target.changesSince(request), AnswerBytes::ofChanges);
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    return counted(
        Tally.Kind.UPLOAD, bytes.length, () -> target.upload(volume, segment, bytes), receipt -> 0);
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    return counted(
        Tally.Kind.COMMIT,
        AnswerBytes.ofRequest(request),
        () -> target.commit(request),
        AnswerBytes::ofCommit);
  }

  @Override
  public RangeOutcome readRange(FrameOwner owner, long offset, int length) {
    return counted(
        Tally.Kind.READ,
        0,
        () -> target.readRange(owner, offset, length),
        outcome -> outcome instanceof RangeOutcome.Found found ? found.bytes().length : 0);
  }

  @Override
  public LogPage log(VolumeId volume, @Nullable Lsn newest, int max) {
    return counted(Tally.Kind.OTHER, 0, () -> target.log(volume, newest, max), page -> 0);
  }

  @Override
  public Forked fork(ForkRequest request) {
    return counted(Tally.Kind.OTHER, 0, () -> target.fork(request), forked -> 0);
  }

  @Override
  public VolumeState state(VolumeId volume) {
    return counted(Tally.Kind.OTHER, 0, () -> target.state(volume), state -> 0);
  }

  @Override
  public Retained retain(RetainRequest request) {
    return counted(Tally.Kind.OTHER, 0, () -> target.retain(request), state -> 0);
  }

  @Override
  public Waiting waiting(VolumeId volume) {
    return counted(Tally.Kind.OTHER, 0, () -> target.waiting(volume), waiting -> 0);
  }

  @Override
  public VolumeState delete(VolumeId volume) {
    return counted(Tally.Kind.OTHER, 0, () -> target.delete(volume), state -> 0);
  }

  @Override
  public void close() {
    target.close();
  }

  private <T> T counted(
      Tally.Kind kind, long bytesOut, Supplier<T> request, ToLongFunction<T> bytesOf) {
    long depth = tally.begin(kind, bytesOut);
    long bytesIn = 0;
    try {
      T answer = request.get();
      bytesIn = bytesOf.applyAsLong(answer);
      return answer;
    } finally {
      tally.end(depth, bytesIn);
    }
  }
}
