package dev.graft.sqlite;

import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.ffi.ApiRoutines;
import dev.graft.sqlite.ffi.Memory;
import dev.graft.sqlite.ffi.OpenFile;
import dev.graft.sqlite.ffi.OpenFiles;
import dev.graft.sqlite.ffi.Sqlite3;
import dev.graft.sqlite.ffi.StatementTrace;
import dev.graft.sqlite.ffi.TableFunctions;
import dev.graft.sqlite.ffi.Vfs;
import dev.graft.sqlite.ffi.VfsMethods;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The VFS named {@code graft}: a database file is a volume; journals and temporary files go to
 * SQLite's own VFS. Installed once in a process; for many threads.
 */
final class GraftVfs implements VfsMethods {
  static final String NAME = "graft";

  private static final int MAX_PARAMETERS = 64;
  private static final Set<String> YES = Set.of("1", "yes", "true", "on");

  /** Set once, under the class's lock. */
  private static volatile @Nullable Vfs vfs;

  private static volatile @Nullable TableFunctions tables;

  /** What last went wrong in opening a file on a thread: SQLite keeps only a number of it. */
  private static final ThreadLocal<@Nullable Throwable> OPEN_FAILURE = new ThreadLocal<>();

  /** Numbers that tell connections apart, also those of other processes. */
  private static final SecureRandom CONNECTIONS = new SecureRandom();

  private final Registry registry;

  private GraftVfs(Registry registry) {
    this.registry = registry;
  }

  /** Why the VFS could not be installed; guarded by the class's lock. */
  private static @Nullable RuntimeException installFailure;

  /** Installs the VFS, when that has not been done. A failure is final. */
  static synchronized void install() throws SQLException {
    if (installFailure != null) {
      throw installFailure;
    }
    if (vfs != null) {
      return;
    }
    try {
      Vfs made = Vfs.install(NAME, new GraftVfs(Registry.PROCESS));
      tables =
          TableFunctions.of(
              made.api(),
              List.of(new StatusTable(), new LogTable(), new PendingTable(), new ChangesTable()));
      vfs = made;
    } catch (RuntimeException e) {
      installFailure = e;
      throw e;
    }
  }

  private static Vfs vfs() {
    Vfs now = vfs;
    if (now == null) {
      throw new IllegalStateException("the VFS is not installed");
    }
    return now;
  }

  static ApiRoutines api() {
    return vfs().api();
  }

  /** The volume that is a connection's main database. */
  static VolumeFile fileOf(long db) {
    return fileOf(db, null);
  }

  /**
   * The volume that is one of a connection's databases.
   *
   * @param schema what the database is called in the connection; null for the main one
   */
  static VolumeFile fileOf(long db, @Nullable Object schema) {
    String name = schema == null ? "main" : schema.toString();
    OpenFile file = OpenFiles.of(api().filePointer(db, name));
    if (file instanceof VolumeFile volume) {
      return volume;
    }
    throw new GraftException.Misuse("the database '" + name + "' of this connection is no volume");
  }

  /** What went wrong when this thread last opened a file here; forgets it. */
  static @Nullable Throwable takeOpenFailure() {
    Throwable failure = OPEN_FAILURE.get();
    OPEN_FAILURE.remove();
    return failure;
  }

  /** A file that this thread is opening cannot be used. */
  static void openFailed(Throwable cause) {
    OPEN_FAILURE.set(cause);
  }

  @Override
  public int xOpen(long zName, long file, int flags, long pOutFlags) {
    if ((flags & Sqlite3.SQLITE_OPEN_MAIN_DB) != 0 && zName != 0) {
      return openVolume(zName, file, flags, pOutFlags);
    }
    if ((flags & Sqlite3.SQLITE_OPEN_MAIN_JOURNAL) != 0) {
      return openJournal(file, flags, pOutFlags);
    }
    return vfs().defaultOpen(zName, file, flags, pOutFlags);
  }

  /**
   * A main database keeps its journal in memory; an attached one asks for a file, which needs no
   * name: what has not been committed is nowhere but here, so nobody has to find the journal after
   * a crash.
   */
  private static int openJournal(long file, int flags, long pOutFlags) {
    int temporary =
        flags & ~Sqlite3.SQLITE_OPEN_MAIN_JOURNAL
            | Sqlite3.SQLITE_OPEN_TEMP_JOURNAL
            | Sqlite3.SQLITE_OPEN_DELETEONCLOSE
            | Sqlite3.SQLITE_OPEN_EXCLUSIVE;
    return vfs().defaultOpen(0, file, temporary, pOutFlags);
  }

  private int openVolume(long zName, long file, int flags, long pOutFlags) {
    Map<String, String> parameters = parameters(zName);
    refuse(parameters, flags);
    VolumeFile open = registry.open(Memory.string(zName), parameters);
    OpenFiles.attach(file, open);
    if (pOutFlags != 0) {
      int writable = Sqlite3.SQLITE_OPEN_READWRITE | Sqlite3.SQLITE_OPEN_CREATE;
      Memory.putInt(
          pOutFlags, open.isPast() ? flags & ~writable | Sqlite3.SQLITE_OPEN_READONLY : flags);
    }
    return Sqlite3.SQLITE_OK;
  }

  private static Map<String, String> parameters(long zName) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < MAX_PARAMETERS; i++) {
      String key = api().uriKey(zName, i);
      if (key == null) {
        break;
      }
      String value = api().uriParameter(zName, key);
      parameters.put(key, value == null ? "" : value);
    }
    return parameters;
  }

  private static void refuse(Map<String, String> parameters, int flags) {
    for (String key : List.of("nolock", "immutable")) {
      if (YES.contains(parameters.getOrDefault(key, "").toLowerCase(Locale.ROOT))) {
        throw new GraftException.Misuse(
            key + " cannot be had on a volume: without locks no snapshot is held; leave it out");
      }
    }
    if ("shared".equalsIgnoreCase(parameters.get("cache"))
        || (flags & Sqlite3.SQLITE_OPEN_SHAREDCACHE) != 0) {
      throw new GraftException.Misuse(
          "cache=shared cannot be had on a volume: connections hold different snapshots; leave it"
              + " out");
    }
  }

  @Override
  public int xDelete(long zName, int syncDir) {
    return isBeside(zName) ? Sqlite3.SQLITE_OK : vfs().defaultDelete(zName, syncDir);
  }

  @Override
  public int xAccess(long zName, int flags, long pResOut) {
    if (isBeside(zName)) {
      Memory.putInt(pResOut, 0);
      return Sqlite3.SQLITE_OK;
    }
    return vfs().defaultAccess(zName, flags, pResOut);
  }

  /** A volume has no journal and no log beside it, whatever files have such names. */
  private static boolean isBeside(long zName) {
    String name = Memory.string(zName);
    return name.endsWith("-journal") || name.endsWith("-wal");
  }

  /** A volume's name is no path: it stays as it is. */
  @Override
  public int xFullPathname(long zName, int nOut, long zOut) {
    Memory.putString(zOut, nOut, Memory.string(zName));
    return Sqlite3.SQLITE_OK;
  }

  @Override
  public int xGetLastError(int nBytes, long zOut) {
    Throwable failure = OPEN_FAILURE.get();
    if (nBytes > 0 && zOut != 0) {
      Memory.putString(zOut, nBytes, failure == null ? "" : Failures.sentence(failure));
    }
    return 0;
  }

  /**
   * Gives a new connection the table functions, has its statements recorded, and has it keep
   * journals in memory: of what is staged nothing need survive a crash. ({@code off} would not do:
   * ROLLBACK TO needs the journal.)
   */
  @Override
  public int connected(long db) {
    TableFunctions functions = tables;
    int rc = functions == null ? Sqlite3.SQLITE_OK : functions.register(db);
    VolumeFile main =
        OpenFiles.of(api().filePointer(db, "main")) instanceof VolumeFile file ? file : null;
    if (main != null) {
      var recording = new Recording(api(), db, CONNECTIONS.nextLong(), main);
      main.recordedBy(recording);
      StatementTrace.listen(api(), db, recording);
    }
    int set = api().exec(db, "PRAGMA main.journal_mode=memory");
    Throwable failure = main == null ? null : main.lastFailure();
    if (set != Sqlite3.SQLITE_OK && failure != null) {
      // It reads the schema. SQLite remembers that it failed, and does not open the connection.
      openFailed(failure);
    }
    return rc;
  }

  @Override
  public int failed(Throwable cause, int code) {
    OPEN_FAILURE.set(cause);
    return Failures.code(cause, code);
  }
}
