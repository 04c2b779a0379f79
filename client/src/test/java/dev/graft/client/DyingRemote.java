package dev.graft.client;

import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.UploadReceipt;

/** A remote before or after whose requests the process dies. Stays open for the next process. */
final class DyingRemote extends PassingRemote {
  private final Steps steps;

  DyingRemote(Remote target, Steps steps) {
    super(target);
    this.steps = steps;
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    steps.hit("before upload");
    UploadReceipt receipt = super.upload(volume, segment, bytes);
    steps.hit("after upload");
    return receipt;
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    steps.hit("before commit");
    CommitOutcome outcome = super.commit(request);
    steps.hit("after commit");
    return outcome;
  }

  @Override
  public Forked fork(ForkRequest request) {
    steps.hit("before fork");
    Forked forked = super.fork(request);
    steps.hit("after fork");
    return forked;
  }
}
