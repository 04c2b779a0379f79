package dev.graft.cli;

import dev.graft.client.Replica;
import dev.graft.client.Snapshot;
import dev.graft.protocol.id.Lsn;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Which snapshot of a volume is meant. */
sealed interface Moment {
  /** Where the replica stands. */
  record Current() implements Moment {}

  /** After a commit. */
  record AtLsn(Lsn lsn) implements Moment {}

  /** After the last commit up to a time. */
  record AtTime(Instant time) implements Moment {}

  /** How the command line tells of it. */
  String HELP = "a commit's number (LSN), or a time such as 2026-11-21T16:00:00Z";

  /** Reads a number or a time. */
  static Moment parse(String text) {
    if (text.chars().allMatch(c -> c >= '0' && c <= '9') && !text.isEmpty()) {
      try {
        return new AtLsn(new Lsn(Long.parseUnsignedLong(text)));
      } catch (NumberFormatException tooLarge) {
        throw Failure.usage("'" + text + "' is too large for the number of a commit");
      }
    }
    try {
      return new AtTime(Instant.parse(text));
    } catch (DateTimeParseException wrong) {
      throw Failure.usage("'" + text + "' is neither of: " + HELP);
    }
  }

  /** Pins the snapshot. */
  default Snapshot of(Replica replica) {
    return switch (this) {
      case Current() -> replica.snapshot();
      case AtLsn(Lsn lsn) -> replica.at(lsn);
      case AtTime(Instant time) -> replica.at(time);
    };
  }
}
