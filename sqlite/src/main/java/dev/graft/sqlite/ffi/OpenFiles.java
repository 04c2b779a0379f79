package dev.graft.sqlite.ffi;

import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_IOERR;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The {@code sqlite3_io_methods} (iVersion 1) of all our files, and the way from a {@code
 * sqlite3_file*} to its {@link OpenFile}: the structure holds a slot number behind its pointer to
 * the methods.
 */
public final class OpenFiles {
  /** {@code struct { const sqlite3_io_methods *pMethods; int64 slot; }}. */
  static final int SZ_OS_FILE = 16;

  private static final long METHODS_BYTES = 152;

  private static final MemorySegment METHODS = Memory.allocate(METHODS_BYTES);

  /** Replaced as a whole when it grows; slots are written under the class's lock. */
  private static volatile @Nullable OpenFile[] slots = new OpenFile[16];

  static {
    Memory.putInt(METHODS.address(), 1);
    String[] names = {
      "xClose",
      "xRead",
      "xWrite",
      "xTruncate",
      "xSync",
      "xFileSize",
      "xLock",
      "xUnlock",
      "xCheckReservedLock",
      "xFileControl",
      "xSectorSize",
      "xDeviceCharacteristics"
    };
    Class<?>[][] signatures = {
      Stubs.L,
      Stubs.LLIL,
      Stubs.LLIL,
      Stubs.LL,
      Stubs.LI,
      Stubs.LL,
      Stubs.LI,
      Stubs.LI,
      Stubs.LL,
      Stubs.LIL,
      Stubs.L,
      Stubs.L
    };
    for (int i = 0; i < names.length; i++) {
      Memory.putLong(
          METHODS.address() + 8 + 8L * i,
          Stubs.upcall(
              java.lang.invoke.MethodHandles.lookup(), names[i], int.class, signatures[i]));
    }
  }

  private OpenFiles() {}

  /** Makes a {@code sqlite3_file*} ours. */
  public static synchronized void attach(long file, OpenFile open) {
    @Nullable OpenFile[] now = slots;
    int slot = 0;
    while (slot < now.length && now[slot] != null) {
      slot++;
    }
    if (slot == now.length) {
      now = Arrays.copyOf(now, 2 * slot);
    }
    now[slot] = open;
    slots = now;
    Memory.putLong(file + 8, slot);
    Memory.putLong(file, METHODS.address());
  }

  /** The file behind a {@code sqlite3_file*}, or null when it is not one of ours. */
  public static @Nullable OpenFile of(long file) {
    return file == 0 || Memory.getLong(file) != METHODS.address() ? null : at(file);
  }

  private static synchronized void detach(long file) {
    slots[(int) Memory.getLong(file + 8)] = null;
    Memory.putLong(file, 0);
  }

  private static OpenFile at(long file) {
    OpenFile open = slots[(int) Memory.getLong(file + 8)];
    if (open == null) {
      throw new IllegalStateException("a call for a closed file");
    }
    return open;
  }

  private static int failed(long file, Throwable cause, int code) {
    try {
      return at(file).failed(cause, code);
    } catch (Throwable worse) {
      return code;
    }
  }

  static int xClose(long file) {
    try {
      OpenFile open = at(file);
      detach(file);
      return open.xClose();
    } catch (Throwable e) {
      return Sqlite3.SQLITE_IOERR_CLOSE;
    }
  }

  static int xRead(long file, long buffer, int amountBytes, long offsetBytes) {
    try {
      return at(file).xRead(buffer, amountBytes, offsetBytes);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_READ);
    }
  }

  static int xWrite(long file, long buffer, int amountBytes, long offsetBytes) {
    try {
      return at(file).xWrite(buffer, amountBytes, offsetBytes);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_WRITE);
    }
  }

  static int xTruncate(long file, long sizeBytes) {
    try {
      return at(file).xTruncate(sizeBytes);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_TRUNCATE);
    }
  }

  static int xSync(long file, int flags) {
    try {
      return at(file).xSync(flags);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_FSYNC);
    }
  }

  static int xFileSize(long file, long pSize) {
    try {
      return at(file).xFileSize(pSize);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_FSTAT);
    }
  }

  static int xLock(long file, int level) {
    try {
      return at(file).xLock(level);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_LOCK);
    }
  }

  static int xUnlock(long file, int level) {
    try {
      return at(file).xUnlock(level);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_UNLOCK);
    }
  }

  static int xCheckReservedLock(long file, long pResult) {
    try {
      return at(file).xCheckReservedLock(pResult);
    } catch (Throwable e) {
      return failed(file, e, SQLITE_IOERR);
    }
  }

  static int xFileControl(long file, int op, long pArg) {
    try {
      return at(file).xFileControl(op, pArg);
    } catch (Throwable e) {
      return failed(file, e, Sqlite3.SQLITE_IOERR_FSYNC);
    }
  }

  static int xSectorSize(long file) {
    try {
      return at(file).xSectorSize();
    } catch (Throwable e) {
      return 512;
    }
  }

  static int xDeviceCharacteristics(long file) {
    try {
      return at(file).xDeviceCharacteristics();
    } catch (Throwable e) {
      return 0;
    }
  }
}
