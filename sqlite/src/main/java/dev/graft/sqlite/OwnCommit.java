package dev.graft.sqlite;

import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.log.Position;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A commit that a connection made, and what the connection reads from then on until it lets go of
 * its lock: its cache holds what it read before and what it wrote, so all else it reads must go
 * with that. For one connection.
 */
final class OwnCommit implements AutoCloseable {
  private final Replica replica;
  private final ShownNumbers.Written written;
  private final Optional<Position> position;
  private final long generation;

  /** The snapshot that the commit made; null when another move came before it could be pinned. */
  private @Nullable Snapshot after;

  private OwnCommit(
      Replica replica,
      ShownNumbers.Written written,
      Optional<Position> position,
      long generation,
      @Nullable Snapshot after) {
    this.replica = replica;
    this.written = written;
    this.position = position;
    this.generation = generation;
    this.after = after;
  }

  /**
   * To be made at once after the commit, while the connection still has the turn to write.
   *
   * @param base what the connection read until now
   */
  static OwnCommit of(
      Replica replica, ShownNumbers.Written written, CommitResult result, Snapshot base) {
    long generation =
        result instanceof CommitResult.Nothing ? base.generation() : written.generation();
    Optional<Position> position =
        switch (result) {
          case CommitResult.Committed done
              when written.alone() || done.position().lsn().equals(base.position().lsn().next()) ->
              Optional.of(done.position());
          case CommitResult.Nothing nothing when base.pending() == 0 ->
              Optional.of(base.position());
          default -> Optional.empty();
        };
    Snapshot now = replica.snapshot();
    if (now.generation() != generation) {
      now.close();
      now = null;
    }
    return new OwnCommit(replica, written, position, generation, now);
  }

  /** The change counter that SQLite wrote. */
  int counter() {
    return written.counter();
  }

  /** The schema cookie that SQLite wrote. */
  int cookie() {
    return written.cookie();
  }

  /** Whether a snapshot is exactly what this commit made. */
  boolean isCurrent(Snapshot snapshot) {
    return snapshot.generation() == generation;
  }

  /**
   * What the connection reads on.
   *
   * @param base what it read until now; closed with the answer, or by this method
   * @throws GraftException.Conflict when others have moved on and that snapshot is gone
   */
  Pin readOn(Pin base) {
    Snapshot mine = after;
    after = null;
    if (mine == null) {
      base.close();
      mine =
          replica.at(
              position
                  .orElseThrow(() ->
                      new GraftException.Conflict(
                          "the replica has moved on from what this statement reads: run it again"))
                  .lsn());
    } else if (written.alone() || written.generation() != generation) {
      base.close();
    } else {
      mine = new OwnPages(base.snapshot(), mine, written.pages());
    }
    return new Pin(mine, written.counter(), written.cookie());
  }

  @Override
  public void close() {
    Snapshot mine = after;
    after = null;
    if (mine != null) {
      mine.close();
    }
  }
}
