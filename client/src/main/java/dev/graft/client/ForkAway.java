package dev.graft.client;

import dev.graft.client.local.LocalCommit;
import dev.graft.client.local.LocalLog;
import dev.graft.client.local.OpenPush;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.Remote;
import java.util.List;

/**
 * Brings local commits to a new volume that forks from the commit that they lie on. Each step is
 * remembered before the next, so that a cut one goes on where it was. The caller has the turn of
 * all requests that may move the replica.
 */
final class ForkAway {
  private final Remote remote;
  private final Line line;
  private final Pushing pushing;

  ForkAway(Remote remote, Line line, Pushing pushing) {
    this.remote = remote;
    this.line = line;
    this.pushing = pushing;
  }

  /** Whether a fork was begun, which has to be ended before anything else. */
  boolean isBegun() {
    return line.alone(() -> line.log().fork() != null);
  }

  /** Remembers that the local commits go to a fork. Alone. */
  void begin(VolumeId child) {
    note(child, line.ground().position, 0);
  }

  /** Alone. */
  private void note(VolumeId child, Position at, int transactions) {
    List<SegmentId> left = line.log().forking(child, at, transactions);
    line.unneeded(left);
  }

  /**
   * Makes the fork, if it is not made yet, and brings all local commits there. The replica then
   * stands on the commit that they were made on.
   */
  PushResult.Forked run(VolumeId volume, Progress progress) {
    LocalLog.Fork fork = line.alone(() -> line.log().fork());
    if (fork == null) {
      throw new IllegalStateException("no fork was begun");
    }
    VolumeId child = fork.child();
    int done = fork.transactions();
    Position at = fork.at();
    if (done == 0) {
      Position base = line.ground().position;
      at = forked(new ForkRequest(volume, base, child));
    }
    while (true) {
      List<LocalCommit> pending = line.alone(line::pending);
      if (done == pending.size()) {
        int all = done;
        boolean ended =
            line.alone(() -> {
              if (line.pending().size() > all) {
                return false;
              }
              line.discard();
              return true;
            });
        if (ended) {
          return new PushResult.Forked(child, at, done);
        }
        continue;
      }
      OpenPush push = pushing.begin(child, at, pending.subList(done, pending.size()));
      at = landed(child, pushing.send(push, progress));
      done += push.transactions();
      Position newest = at;
      int soFar = done;
      line.alone(() -> {
        note(child, newest, soFar);
        return true;
      });
    }
  }

  /** Makes the fork; one that cannot be is begun no more, unless something was brought there. */
  private Position forked(ForkRequest request) {
    try {
      return remote.fork(request).start();
    } catch (GraftException.Gone
        | GraftException.Diverged
        | GraftException.Misuse
        | GraftException.Limit e) {
      line.alone(() -> {
        if (line.log().push() == null) {
          line.refused();
        }
        return true;
      });
      throw e;
    }
  }

  private static Position landed(VolumeId child, CommitOutcome outcome) {
    return switch (outcome) {
      case CommitOutcome.Committed committed -> committed.position();
      case CommitOutcome.Conflict(Graft graft) ->
          throw new GraftException.Conflict(
              "somebody else commits to "
                  + child
                  + ", which stands at "
                  + graft.head()
                  + ": the local transactions are kept; discard them, or bring them to it by hand");
    };
  }
}
