package dev.graft.client;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.UploadReceipt;
import java.util.Random;

/** A remote whose requests or answers are lost now and then. Stays open. */
final class FlakyRemote extends PassingRemote {
  private final Random random;

  /** Of each end of a request that moves something. */
  double chance;

  int failures;

  FlakyRemote(Remote target, Random random) {
    super(target);
    this.random = random;
  }

  private synchronized void lose(String where) {
    if (random.nextDouble() < chance) {
      failures++;
      throw new GraftException.Unavailable("planned loss " + where);
    }
  }

  @Override
  public UploadReceipt upload(VolumeId volume, SegmentId segment, byte[] bytes) {
    lose("before the upload");
    UploadReceipt receipt = super.upload(volume, segment, bytes);
    lose("after the upload");
    return receipt;
  }

  @Override
  public CommitOutcome commit(CommitRequest request) {
    lose("before the commit");
    CommitOutcome outcome = super.commit(request);
    lose("after the commit");
    return outcome;
  }

  @Override
  public Forked fork(ForkRequest request) {
    lose("before the fork");
    Forked forked = super.fork(request);
    lose("after the fork");
    return forked;
  }
}
