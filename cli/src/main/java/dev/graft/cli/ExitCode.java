package dev.graft.cli;

import dev.graft.protocol.error.GraftException;

/** What the command's exit code tells. The numbers are part of the command's interface. */
final class ExitCode {
  /** Done. */
  static final int OK = 0;

  /** It failed in a way that has no number of its own. */
  static final int FAILURE = 1;

  /** The command line, or what it asked for, is wrong. */
  static final int USAGE = 2;

  /** Another commit came first; nothing was written. */
  static final int CONFLICT = 3;

  /** No such volume, commit, or file. */
  static final int NOT_FOUND = 4;

  /** Damaged bytes were found and refused. */
  static final int CORRUPT = 5;

  /**
   * The store or disk did not do it now: out of reach, read-only, or full; or no token allows it.
   */
  static final int UNAVAILABLE = 6;

  /** For {@code --help}. */
  static final String[] HELP = {
    "0:done",
    "1:failed",
    "2:wrong command line, or input that cannot be used: no database, a name in use, a newer"
        + " format",
    "3:conflict: another commit came first and nothing was written",
    "4:no such volume, commit or file",
    "5:damaged data was found and refused",
    "6:store or disk out of reach, read-only or full; or the token does not admit this",
  };

  private ExitCode() {}

  static int of(GraftException failure) {
    return switch (failure.code()) {
      case CONFLICT, DIVERGED -> CONFLICT;
      case NOT_FOUND, GONE -> NOT_FOUND;
      case CORRUPT -> CORRUPT;
      case UNAVAILABLE, UNAUTHORIZED, LIMIT -> UNAVAILABLE;
      case MISUSE -> USAGE;
    };
  }
}
