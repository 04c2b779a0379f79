package dev.graft.sqlite;

import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.ffi.Memory;
import dev.graft.sqlite.ffi.Sqlite3;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The pragmas of a volume's file. SQLite runs them when a statement is prepared, and again when it
 * is executed, so each does the same when it is done twice.
 */
final class PragmaVerbs {
  private final VolumeFile file;
  private final SyncVerbs sync;

  PragmaVerbs(VolumeFile file) {
    this.file = file;
    this.sync = new SyncVerbs(file);
  }

  /**
   * Runs a pragma.
   *
   * @param pArg {@code char*[3]}: out the answer or the error, in the name, in the value or null
   */
  int run(long pArg) {
    String name = Memory.string(Memory.getLong(pArg + 8)).toLowerCase(Locale.ROOT);
    long pValue = Memory.getLong(pArg + 16);
    String value = pValue == 0 ? null : Memory.string(pValue);
    try {
      String answer = answer(name, value);
      if (answer == null) {
        return Sqlite3.SQLITE_NOTFOUND;
      }
      Memory.putLong(pArg, GraftVfs.api().mallocString(answer));
      return Sqlite3.SQLITE_OK;
    } catch (Throwable e) {
      int rc = file.failed(e, Sqlite3.SQLITE_ERROR);
      Memory.putLong(pArg, GraftVfs.api().mallocString(Failures.sentence(e)));
      return rc;
    }
  }

  /** The answer, or null when SQLite is to handle the pragma itself. */
  private @Nullable String answer(String name, @Nullable String value) {
    return switch (name) {
      case "journal_mode" -> journalMode(value);
      case "locking_mode" -> lockingMode(value);
      case "graft_status" -> JsonText.object(StatusTable.members(file));
      case "graft_prefetch" -> file.onSnapshot(snapshot -> PrefetchVerbs.prefetch(snapshot, value));
      case "graft_hydrate" -> file.onSnapshot(snapshot -> PrefetchVerbs.hydrate(snapshot, value));
      case "graft_last_error" -> lastError();
      case "graft_commit" -> {
        if (value != null) {
          outsideOfWriting(name).settings().commit(value);
        }
        yield file.settings().commit();
      }
      case "graft_onconflict" -> {
        if (value != null) {
          outsideOfWriting(name).settings().onConflict(value);
        }
        yield file.settings().onConflict();
      }
      case "graft_author" -> {
        if (value != null) {
          file.settings().author(value);
        }
        yield file.settings().author();
      }
      case "graft_message" -> {
        if (value != null) {
          file.settings().message(value);
        }
        yield file.settings().message();
      }
      default -> sync.answer(name, value);
    };
  }

  private static @Nullable String journalMode(@Nullable String value) {
    String wanted = value == null ? "" : value.toLowerCase(Locale.ROOT);
    return switch (wanted) {
      case "wal" ->
          throw new GraftException.Misuse(
              "a volume has no write-ahead log: readers and a writer go side by side without it;"
                  + " leave journal_mode alone");
      case "memory" -> null;
      default -> "memory";
    };
  }

  private static @Nullable String lockingMode(@Nullable String value) {
    if ("exclusive".equalsIgnoreCase(value)) {
      throw new GraftException.Misuse(
          "locking_mode=exclusive would hold one snapshot for ever: leave it at normal");
    }
    return null;
  }

  private VolumeFile outsideOfWriting(String verb) {
    if (file.isWriting()) {
      throw new GraftException.Misuse(verb + " within a write transaction: end it first");
    }
    return file;
  }

  /** What last failed in this file; else what this thread last failed to open, by ATTACH. */
  private String lastError() {
    Throwable last = file.lastFailure();
    if (last == null) {
      last = GraftVfs.takeOpenFailure();
    }
    return last == null ? "" : Failures.sentence(last);
  }
}
