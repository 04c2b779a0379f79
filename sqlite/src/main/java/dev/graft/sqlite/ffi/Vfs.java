package dev.graft.sqlite.ffi;

import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_OK;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;
import org.sqlite.core.NativeDB;

/**
 * A {@code sqlite3_vfs} (iVersion 2) of ours in the SQLite that xerial's library carries, and the
 * bootstrap that puts it there without native code.
 *
 * <p>The library exports no symbol, so the way in is this: the first field of the {@code sqlite3}
 * behind a connection is its {@code sqlite3_vfs*}, the head of the list of all. Our structure is
 * linked to its end; a connection that names it loads an "extension" through our {@code xDlOpen}
 * and {@code xDlSym}, whose entry point is a Java method, and SQLite hands it the official table of
 * its functions. Each step is guarded; a SQLite that looks different is refused with a sentence.
 */
public final class Vfs {
  private static final int SZ_OS_FILE = 4;
  private static final int MX_PATHNAME = 8;
  private static final int P_NEXT = 16;
  private static final int Z_NAME = 24;
  private static final int X_OPEN = 40;
  private static final int X_DELETE = 48;
  private static final int X_ACCESS = 56;
  private static final int X_FULL_PATHNAME = 64;
  private static final int X_DL_OPEN = 72;
  private static final int X_DL_SYM = 88;
  private static final int X_RANDOMNESS = 104;
  private static final int X_SLEEP = 112;
  private static final int X_CURRENT_TIME = 120;
  private static final int X_GET_LAST_ERROR = 128;
  private static final int X_CURRENT_TIME_INT64 = 136;
  private static final int BYTES = 168;
  private static final int MAX_VFS = 64;
  private static final int OLDEST_LIBRARY = 3_035_000;

  /** Set once, before SQLite can call. */
  private static volatile @Nullable Vfs installed;

  private final VfsMethods methods;
  private final long address;
  private final long defaultVfs;
  private final MethodHandle defaultOpen;
  private final MethodHandle defaultDelete;
  private final MethodHandle defaultAccess;
  private volatile @Nullable ApiRoutines api;

  private Vfs(VfsMethods methods, String name, long defaultVfs) {
    this.methods = methods;
    this.defaultVfs = defaultVfs;
    this.address = Memory.allocate(BYTES).address();
    defaultOpen = Stubs.downcall(field(X_OPEN), int.class, Stubs.LLLIL);
    defaultDelete = Stubs.downcall(field(X_DELETE), int.class, Stubs.LLI);
    defaultAccess = Stubs.downcall(field(X_ACCESS), int.class, Stubs.LLIL);
    MethodHandles.Lookup here = MethodHandles.lookup();
    Memory.putInt(address, 2);
    Memory.putInt(
        address + SZ_OS_FILE,
        Math.max(OpenFiles.SZ_OS_FILE, Memory.getInt(defaultVfs + SZ_OS_FILE)));
    Memory.putInt(address + MX_PATHNAME, Memory.getInt(defaultVfs + MX_PATHNAME));
    Memory.putLong(address + Z_NAME, Memory.cString(name));
    put(X_OPEN, Stubs.upcall(here, "xOpen", int.class, Stubs.LLLIL));
    put(X_DELETE, Stubs.upcall(here, "xDelete", int.class, Stubs.LLI));
    put(X_ACCESS, Stubs.upcall(here, "xAccess", int.class, Stubs.LLIL));
    put(X_FULL_PATHNAME, Stubs.upcall(here, "xFullPathname", int.class, Stubs.LLIL));
    put(X_DL_OPEN, Stubs.upcall(here, "xDlOpen", long.class, Stubs.LL));
    put(X_DL_SYM, Stubs.upcall(here, "xDlSym", long.class, Stubs.LLL));
    put(X_GET_LAST_ERROR, Stubs.upcall(here, "xGetLastError", int.class, Stubs.LIL));
    int[] same = {80, 96, X_RANDOMNESS, X_SLEEP, X_CURRENT_TIME, X_CURRENT_TIME_INT64};
    for (int offset : same) {
      put(offset, field(offset));
    }
  }

  private long field(int offset) {
    return Memory.getLong(defaultVfs + offset);
  }

  private void put(int offset, long value) {
    Memory.putLong(address + offset, value);
  }

  /**
   * Installs the VFS; to be called once in a process.
   *
   * @param name under which {@code ?vfs=} finds it
   * @throws IllegalStateException when the SQLite at hand is not as expected
   */
  public static synchronized Vfs install(String name, VfsMethods methods) throws SQLException {
    if (installed != null) {
      throw new IllegalStateException("a VFS is installed already");
    }
    Vfs vfs;
    try (Connection boot = JDBC.createConnection("jdbc:sqlite::memory:", new Properties())) {
      long head = Memory.getLong(address(boot));
      checkDefault(head);
      vfs = new Vfs(methods, name, head);
      Memory.putLong(last(head) + P_NEXT, vfs.address);
    }
    installed = vfs;
    vfs.fetchApi(name);
    return vfs;
  }

  private void fetchApi(String name) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("enable_load_extension", "true");
    String url = "jdbc:sqlite:file:graft-boot?mode=memory&vfs=" + name;
    try (Connection boot = JDBC.createConnection(url, properties);
        Statement statement = boot.createStatement()) {
      statement.execute("select load_extension('graft-boot', 'graft_boot')");
      ApiRoutines routines = api();
      if (routines.libversionNumber() != libraryVersion(statement)) {
        throw unexpected("its table of functions tells another version");
      }
      if (routines.libversionNumber() < OLDEST_LIBRARY) {
        throw unexpected("version " + routines.libversionNumber() + " is too old");
      }
    }
    put(X_DL_OPEN, field(X_DL_OPEN));
    put(X_DL_SYM, field(X_DL_SYM));
    api().vfsRegister(address, false);
    long entry = Stubs.upcall(MethodHandles.lookup(), "connected", int.class, Stubs.LLL);
    api().autoExtension(entry);
  }

  private static int libraryVersion(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select sqlite_version()")) {
      String[] parts = row.getString(1).split("\\.", -1);
      return Integer.parseInt(parts[0]) * 1_000_000
          + Integer.parseInt(parts[1]) * 1_000
          + Integer.parseInt(parts[2]);
    }
  }

  /** The address of the {@code sqlite3} behind a connection of xerial's driver. */
  public static long address(Connection connection) throws SQLException {
    DB database = connection.unwrap(SQLiteConnection.class).getDatabase();
    try {
      Field pointer = NativeDB.class.getDeclaredField("pointer");
      pointer.setAccessible(true);
      return pointer.getLong(database);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "the address of SQLite's connection cannot be had from sqlite-jdbc "
              + database.getClass().getName()
              + ": use the version that this release was built with",
          e);
    }
  }

  private static void checkDefault(long vfs) {
    if (vfs == 0 || (vfs & 7) != 0) {
      throw unexpected("its first field is no pointer");
    }
    int version = Memory.getInt(vfs);
    int szOsFile = Memory.getInt(vfs + SZ_OS_FILE);
    if (version < 2 || version > 3 || szOsFile < 16 || szOsFile > 1024) {
      throw unexpected("its VFS has iVersion " + version + " and szOsFile " + szOsFile);
    }
    String name = Memory.string(Memory.getLong(vfs + Z_NAME));
    if (!name.startsWith("unix") && !name.startsWith("win32")) {
      throw unexpected("its default VFS is called '" + name + "'");
    }
  }

  private static long last(long head) {
    long at = head;
    for (int i = 0; i < MAX_VFS; i++) {
      long next = Memory.getLong(at + P_NEXT);
      if (next == 0) {
        return at;
      }
      at = next;
    }
    throw unexpected("its list of VFSs has no end");
  }

  private static IllegalStateException unexpected(String what) {
    return new IllegalStateException(
        "the SQLite inside sqlite-jdbc is not as expected ("
            + what
            + "): use the version that this release was built with");
  }

  /** The functions of SQLite. */
  public ApiRoutines api() {
    ApiRoutines now = api;
    if (now == null) {
      throw new IllegalStateException("SQLite did not hand out its functions");
    }
    return now;
  }

  /** Whether a connection's main database lies on this VFS. */
  public boolean isOf(long db) {
    return Memory.getLong(db) == address;
  }

  /** Opens a file on SQLite's own VFS. */
  public int defaultOpen(long zName, long file, int flags, long pOutFlags) {
    try {
      return (int) defaultOpen.invokeExact(defaultVfs, zName, file, flags, pOutFlags);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of SQLite failed", e);
    }
  }

  /** Deletes a file on SQLite's own VFS. */
  public int defaultDelete(long zName, int syncDir) {
    try {
      return (int) defaultDelete.invokeExact(defaultVfs, zName, syncDir);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of SQLite failed", e);
    }
  }

  /** Looks for a file on SQLite's own VFS. */
  public int defaultAccess(long zName, int flags, long pResOut) {
    try {
      return (int) defaultAccess.invokeExact(defaultVfs, zName, flags, pResOut);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of SQLite failed", e);
    }
  }

  private static Vfs get() {
    Vfs vfs = installed;
    if (vfs == null) {
      throw new IllegalStateException("no VFS is installed");
    }
    return vfs;
  }

  private static int failed(Throwable cause, int code) {
    try {
      return get().methods.failed(cause, code);
    } catch (Throwable worse) {
      return code;
    }
  }

  static int xOpen(long vfs, long zName, long file, int flags, long pOutFlags) {
    try {
      return get().methods.xOpen(zName, file, flags, pOutFlags);
    } catch (Throwable e) {
      Memory.putLong(file, 0);
      return failed(e, Sqlite3.SQLITE_CANTOPEN);
    }
  }

  static int xDelete(long vfs, long zName, int syncDir) {
    try {
      return get().methods.xDelete(zName, syncDir);
    } catch (Throwable e) {
      return failed(e, Sqlite3.SQLITE_IOERR_DELETE);
    }
  }

  static int xAccess(long vfs, long zName, int flags, long pResOut) {
    try {
      return get().methods.xAccess(zName, flags, pResOut);
    } catch (Throwable e) {
      return failed(e, Sqlite3.SQLITE_IOERR_ACCESS);
    }
  }

  static int xFullPathname(long vfs, long zName, int nOut, long zOut) {
    try {
      return get().methods.xFullPathname(zName, nOut, zOut);
    } catch (Throwable e) {
      return failed(e, Sqlite3.SQLITE_CANTOPEN);
    }
  }

  static int xGetLastError(long vfs, int nBytes, long zOut) {
    try {
      return get().methods.xGetLastError(nBytes, zOut);
    } catch (Throwable e) {
      return 0;
    }
  }

  /** During the bootstrap alone: any library is there. */
  static long xDlOpen(long vfs, long zFilename) {
    return 1;
  }

  /** During the bootstrap alone: any symbol is {@link #boot}. */
  static long xDlSym(long vfs, long handle, long zSymbol) {
    try {
      return Stubs.upcall(MethodHandles.lookup(), "boot", int.class, Stubs.LLL);
    } catch (Throwable e) {
      return 0;
    }
  }

  /** An extension's entry point: keeps the table of functions. */
  static int boot(long db, long pzErrMsg, long routines) {
    try {
      get().api = new ApiRoutines(routines);
      return Sqlite3.SQLITE_OK_LOAD_PERMANENTLY;
    } catch (Throwable e) {
      return Sqlite3.SQLITE_ERROR;
    }
  }

  static int connected(long db, long pzErrMsg, long routines) {
    try {
      Vfs vfs = get();
      return vfs.isOf(db) ? vfs.methods.connected(db) : SQLITE_OK;
    } catch (Throwable e) {
      return failed(e, Sqlite3.SQLITE_ERROR);
    }
  }
}
