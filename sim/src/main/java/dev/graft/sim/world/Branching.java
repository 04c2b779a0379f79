package dev.graft.sim.world;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.judge.Event;
import dev.graft.sim.judge.Event.Outcome;
import dev.graft.sim.judge.View;
import dev.graft.sim.world.Session.Reply;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a session goes on from the past: its volume becomes what it was, or another one does. */
final class Branching {
  private static final int MAX_TRIES = 60;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ClientThread thread;
  private final World world;
  private final Recorder recorder;

  /** The process whose revert may still land, and which asks for no other; null for none. */
  private Client.@Nullable Life reverting;

  Branching(ClientThread thread) {
    this.thread = thread;
    this.world = thread.world();
    this.recorder = thread.recorder();
  }

  /** Makes the volume what it was at an LSN. */
  Reply revert(String work, long to) {
    return thread.living(() -> revertOnce(work, to), () -> new Reply(Outcome.UNKNOWN, 0));
  }

  private Reply revertOnce(String work, long to) {
    if (reverting == thread.life() || thread.waiting() > 0) {
      return new Reply(Outcome.NOTHING, 0);
    }
    View view;
    try (Snapshot now = thread.replica().snapshot()) {
      view = thread.view(now);
    }
    long call = thread.beginsCall();
    recorder.reverts(work, to);
    String volume = thread.volume().toString();
    recorder.add(new Event.Revert(recorder.now(), call, thread.name(), volume, work, view, to));
    CommitOptions options = new CommitOptions(thread.client(), work, page -> false);
    Reply reply = revert(new Lsn(to), options);
    reverting = reply.outcome() == Outcome.UNKNOWN ? thread.life() : null;
    thread.answered(call, reply.outcome(), reply.lsn());
    return reply;
  }

  private Reply revert(Lsn to, CommitOptions options) {
    for (int tries = 1; ; tries++) {
      try {
        return switch (thread.replica().revert(to, options)) {
          case CommitResult.Committed(var position) ->
              new Reply(Outcome.DONE, position.lsn().value());
          case CommitResult.Conflict conflict -> new Reply(Outcome.CONFLICT, 0);
          case CommitResult.Nothing nothing -> new Reply(Outcome.NOTHING, 0);
          case CommitResult.Local local -> throw new AssertionError("no revert is local");
        };
      } catch (GraftException.Unavailable e) {
        if (tries == MAX_TRIES) {
          return new Reply(Outcome.UNKNOWN, 0);
        }
        world.sim().pause(PAUSE);
      } catch (GraftException.Corrupt e) {
        // Asked again it would be another request.
        world.requireDamage(e);
        return new Reply(Outcome.UNKNOWN, 0);
      } catch (GraftException.Gone e) {
        thread.gone(to.value());
        return new Reply(Outcome.UNKNOWN, 0);
      }
    }
  }

  /** Makes a volume that begins as an LSN of this one; nothing when that could not be done. */
  Optional<VolumeId> fork(long lsn) {
    VolumeId volume = thread.volume();
    VolumeId child = world.newVolumeId();
    long call = thread.beginsCall();
    recorder.add(
        new Event.Fork(
            recorder.now(), call, thread.name(), volume.toString(), lsn, child.toString()));
    boolean done = fork(volume, lsn, child);
    thread.answered(call, done ? Outcome.DONE : Outcome.UNKNOWN, 1);
    return done ? Optional.of(child) : Optional.empty();
  }

  private boolean fork(VolumeId parent, long lsn, VolumeId child) {
    try {
      return thread.unlessGone(lsn, () -> world.fork(parent, new Lsn(lsn), child));
    } catch (GraftException.Gone e) {
      return false;
    }
  }
}
