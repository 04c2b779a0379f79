package dev.graft.sim.world;

import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that a session holds while the replica moves; when the process is killed, or the
 * snapshot is gone, another one. For the session's thread.
 */
public final class LongRead implements AutoCloseable {
  private final ClientThread thread;
  private final SessionReads reads;

  /** The process that pinned it; null when another one is to be pinned. */
  private Client.@Nullable Life from;

  private long began;
  private Snapshot snapshot;
  private List<String> pending;

  /** Pins what the replica stands on. */
  LongRead(ClientThread thread, SessionReads reads) {
    this.thread = thread;
    this.reads = reads;
    this.from = thread.life();
    this.began = thread.recorder().now();
    this.snapshot = thread.replica().snapshot();
    this.pending =
        thread.untilDone(() -> {
          if (from != thread.life()) {
            pin();
          }
          return thread.names(snapshot);
        });
  }

  private void pin() {
    snapshot.close();
    from = thread.life();
    began = thread.recorder().now();
    snapshot = thread.replica().snapshot();
  }

  /** Reads of it. */
  public <T> T read(Function<Pages, T> reading) {
    return thread.untilDone(() -> {
      if (from != thread.life()) {
        pin();
        pending = thread.names(snapshot);
      }
      try {
        return reads.held(snapshot, pending, began, reading);
      } catch (GraftException.Gone e) {
        from = null;
        throw e;
      }
    });
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
