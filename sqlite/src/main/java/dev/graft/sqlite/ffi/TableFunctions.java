package dev.graft.sqlite.ffi;

import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_ERROR;
import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_NOMEM;
import static dev.graft.sqlite.ffi.Sqlite3.SQLITE_OK;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code sqlite3_module} for {@link TableFunction}s. A {@code sqlite3_vtab} of ours is followed by
 * the {@code sqlite3*} and the function's number, a {@code sqlite3_vtab_cursor} by a key of its
 * rows.
 */
public final class TableFunctions {
  private static final int MODULE_BYTES = 192;
  private static final int VTAB_BYTES = 40;
  private static final int Z_ERR_MSG = 16;
  private static final int VTAB_DB = 24;
  private static final int VTAB_FUNCTION = 32;
  private static final int CURSOR_BYTES = 16;
  private static final int CURSOR_KEY = 8;

  private static final MemorySegment MODULE = Memory.allocate(MODULE_BYTES);
  private static final AtomicLong KEYS = new AtomicLong();
  private static final Map<Long, Cursor> CURSORS = new ConcurrentHashMap<>();

  /** Set once, before SQLite can call. */
  private static volatile @Nullable TableFunctions installed;

  private final ApiRoutines api;
  private final List<TableFunction> functions;
  private final long[] names;

  private static final class Cursor {
    private List<@Nullable Object[]> rows = List.of();
    private int at;
  }

  static {
    MethodHandles.Lookup here = MethodHandles.lookup();
    put(16, Stubs.upcall(here, "xConnect", int.class, Stubs.LLILLL));
    put(24, Stubs.upcall(here, "xBestIndex", int.class, Stubs.LL));
    put(32, Stubs.upcall(here, "xDisconnect", int.class, Stubs.L));
    put(48, Stubs.upcall(here, "xOpen", int.class, Stubs.LL));
    put(56, Stubs.upcall(here, "xClose", int.class, Stubs.L));
    put(64, Stubs.upcall(here, "xFilter", int.class, Stubs.LILIL));
    put(72, Stubs.upcall(here, "xNext", int.class, Stubs.L));
    put(80, Stubs.upcall(here, "xEof", int.class, Stubs.L));
    put(88, Stubs.upcall(here, "xColumn", int.class, Stubs.LLI));
    put(96, Stubs.upcall(here, "xRowid", int.class, Stubs.LL));
  }

  private TableFunctions(ApiRoutines api, List<TableFunction> functions) {
    this.api = api;
    this.functions = List.copyOf(functions);
    this.names = functions.stream().mapToLong(f -> Memory.cString(f.name())).toArray();
  }

  private static void put(int offset, long value) {
    Memory.putLong(MODULE.address() + offset, value);
  }

  /** Prepares the functions; to be called once in a process. */
  public static TableFunctions of(ApiRoutines api, List<TableFunction> functions) {
    TableFunctions made = new TableFunctions(api, functions);
    installed = made;
    return made;
  }

  /** Gives them to a connection. */
  public int register(long db) {
    for (int i = 0; i < names.length; i++) {
      int rc = api.createModule(db, names[i], MODULE.address(), i);
      if (rc != SQLITE_OK) {
        return rc;
      }
    }
    return SQLITE_OK;
  }

  private static TableFunctions get() {
    TableFunctions now = installed;
    if (now == null) {
      throw new IllegalStateException("no table functions are installed");
    }
    return now;
  }

  static int xConnect(long db, long aux, int argc, long argv, long ppVtab, long pzErr) {
    try {
      TableFunctions all = get();
      int rc = all.api.declareVtab(db, all.functions.get((int) aux).declaration());
      if (rc != SQLITE_OK) {
        return rc;
      }
      long vtab = all.api.malloc(VTAB_BYTES);
      if (vtab == 0) {
        return SQLITE_NOMEM;
      }
      Memory.zero(vtab, VTAB_BYTES);
      Memory.putLong(vtab + VTAB_DB, db);
      Memory.putLong(vtab + VTAB_FUNCTION, aux);
      Memory.putLong(ppVtab, vtab);
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  /** A limit is taken when nothing else narrows the rows: then fewer need be fetched. */
  static int xBestIndex(long vtab, long info) {
    try {
      Memory.putLong(info + 64, Double.doubleToRawLongBits(1000));
      Memory.putLong(info + 72, 1000);
      long constraint = Memory.getLong(info + 8);
      boolean limitAlone =
          Memory.getInt(info) == 1
              && Memory.getInt(info + 16) == 0
              && Memory.getByte(constraint + 4) == Sqlite3.SQLITE_INDEX_CONSTRAINT_LIMIT
              && Memory.getByte(constraint + 5) != 0;
      if (limitAlone) {
        Memory.putInt(Memory.getLong(info + 32), 1);
      }
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  static int xDisconnect(long vtab) {
    try {
      get().api.free(vtab);
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  static int xOpen(long vtab, long ppCursor) {
    try {
      long cursor = get().api.malloc(CURSOR_BYTES);
      if (cursor == 0) {
        return SQLITE_NOMEM;
      }
      long key = KEYS.incrementAndGet();
      CURSORS.put(key, new Cursor());
      Memory.putLong(cursor, 0);
      Memory.putLong(cursor + CURSOR_KEY, key);
      Memory.putLong(ppCursor, cursor);
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  static int xClose(long cursor) {
    try {
      CURSORS.remove(Memory.getLong(cursor + CURSOR_KEY));
      get().api.free(cursor);
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  static int xFilter(long cursor, int idxNum, long idxStr, int argc, long argv) {
    long vtab = 0;
    try {
      vtab = Memory.getLong(cursor);
      TableFunctions all = get();
      long limit = argc == 1 ? all.api.valueInt64(Memory.getLong(argv)) : -1;
      Cursor open = at(cursor);
      TableFunction function = all.functions.get((int) Memory.getLong(vtab + VTAB_FUNCTION));
      open.rows = function.rows(Memory.getLong(vtab + VTAB_DB), limit);
      open.at = 0;
      return SQLITE_OK;
    } catch (Throwable e) {
      return explained(vtab, e);
    }
  }

  /** Gives the failure's message to SQLite, which frees it. */
  private static int explained(long vtab, Throwable cause) {
    try {
      ApiRoutines api = get().api;
      api.free(Memory.getLong(vtab + Z_ERR_MSG));
      Memory.putLong(vtab + Z_ERR_MSG, api.mallocString(String.valueOf(cause.getMessage())));
    } catch (Throwable worse) {
      return SQLITE_ERROR;
    }
    return SQLITE_ERROR;
  }

  static int xNext(long cursor) {
    try {
      at(cursor).at++;
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  static int xEof(long cursor) {
    try {
      Cursor open = at(cursor);
      return open.at >= open.rows.size() ? 1 : 0;
    } catch (Throwable e) {
      return 1;
    }
  }

  static int xColumn(long cursor, long context, int column) {
    try {
      Cursor open = at(cursor);
      get().api.result(context, open.rows.get(open.at)[column]);
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  static int xRowid(long cursor, long pRowid) {
    try {
      Memory.putLong(pRowid, at(cursor).at);
      return SQLITE_OK;
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  private static Cursor at(long cursor) {
    Cursor open = CURSORS.get(Memory.getLong(cursor + CURSOR_KEY));
    if (open == null) {
      throw new IllegalStateException("a call for a closed cursor");
    }
    return open;
  }
}
