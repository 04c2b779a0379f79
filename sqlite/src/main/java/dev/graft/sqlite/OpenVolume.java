package dev.graft.sqlite;

import dev.graft.client.Changes;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A replica as all connections to it share it: its shown numbers, and the turn to write, which one
 * of them may have at a time. For many threads.
 */
final class OpenVolume {
  private static final int MAX_TRIES = 1 << 20;

  private final Replica replica;
  private final ShownNumbers shown = new ShownNumbers();
  private final AtomicReference<Object> writer = new AtomicReference<>();

  OpenVolume(Replica replica) {
    this.replica = replica;
    replica.onMove(shown);
    try (Snapshot first = replica.snapshot()) {
      shown.startAt(first);
    }
  }

  Replica replica() {
    return replica;
  }

  ShownNumbers shown() {
    return shown;
  }

  /** Pins the current snapshot together with the way it is shown. */
  Pin pin() {
    for (int i = 0; i < MAX_TRIES; i++) {
      Snapshot snapshot = replica.snapshot();
      ShownNumbers.View view = shown.of(snapshot.generation());
      if (view != null) {
        return new Pin(snapshot, view.counter(), view.cookie());
      }
      snapshot.close();
      Thread.onSpinWait();
    }
    throw new GraftException.Unavailable("the replica moves too fast to be pinned: try again");
  }

  /** Takes the turn to write, if nobody has it. */
  boolean tryWrite(Object who) {
    return writer.compareAndSet(null, who);
  }

  /** Gives the turn back; nothing when it is somebody else's. */
  void endWrite(Object who) {
    writer.compareAndSet(who, null);
  }

  /** Moves to the remote's head. */
  Changes pull() {
    return replica.pull();
  }
}
