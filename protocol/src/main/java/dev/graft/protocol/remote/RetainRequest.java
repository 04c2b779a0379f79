package dev.graft.protocol.remote;

import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks to change how much history a volume keeps.
 *
 * @param volume which
 * @param change what to change
 */
public record RetainRequest(VolumeId volume, Change change) {
  /** A change of what is kept. */
  public sealed interface Change {
    /** How long an LSN can be asked for after it ceased to be the head. */
    record Retention(Duration retention) implements Change {}

    /** Gives up history below an LSN; rounded down to a multiple of 32. */
    record FloorAt(Lsn lsn) implements Change {}

    /** Gives up history that ceased to be the head longer ago than this. */
    record FloorOlderThan(Duration age) implements Change {}

    /** Keeps an LSN beside the floor, or lets it go again. */
    record Keep(Lsn lsn, boolean kept) implements Change {}
  }

  /** The LSN that the change names, if any. */
  public Optional<Lsn> lsn() {
    return switch (change) {
      case Change.FloorAt(Lsn lsn) -> Optional.of(lsn);
      case Change.Keep(Lsn lsn, boolean kept) -> Optional.of(lsn);
      case Change.Retention r -> Optional.empty();
      case Change.FloorOlderThan f -> Optional.empty();
    };
  }
}
