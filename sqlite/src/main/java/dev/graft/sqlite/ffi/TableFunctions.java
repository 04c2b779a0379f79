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

  /** In {@code idxNum}: the last argument of xFilter is a limit. The bits below: parameters. */
  private static final int WITH_LIMIT = 1 << 30;

  private static final class Cursor {
    private List<@Nullable Object[]> rows = List.of();
    private @Nullable Object[] arguments = new @Nullable Object[0];
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
      int rc = all.api.declareVtab(db, declaration(all.functions.get((int) aux)));
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

  private static String declaration(TableFunction function) {
    StringBuilder text = new StringBuilder("CREATE TABLE x(");
    text.append(String.join(", ", function.columns()));
    function.parameters().forEach(name -> text.append(", ").append(name).append(" HIDDEN"));
    return text.append(')').toString();
  }

  static int xBestIndex(long vtab, long info) {
    try {
      TableFunction function = get().functions.get((int) Memory.getLong(vtab + VTAB_FUNCTION));
      Memory.putLong(info + 64, Double.doubleToRawLongBits(1000));
      Memory.putLong(info + 72, 1000);
      return bestIndex(info, function.columns().size(), function.parameters().size());
    } catch (Throwable e) {
      return SQLITE_ERROR;
    }
  }

  /**
   * Takes what is given for parameters; and a limit when nothing else narrows the rows, for then
   * fewer need be fetched.
   */
  private static int bestIndex(long info, int columns, int parameters) {
    int count = Memory.getInt(info);
    long constraints = Memory.getLong(info + 8);
    int[] given = new int[parameters];
    int limit = -1;
    boolean narrowed = Memory.getInt(info + 16) != 0;
    for (int i = 0; i < count; i++) {
      int column = Memory.getInt(constraints + 12L * i);
      byte op = Memory.getByte(constraints + 12L * i + 4);
      boolean usable = Memory.getByte(constraints + 12L * i + 5) != 0;
      if (op == Sqlite3.SQLITE_INDEX_CONSTRAINT_LIMIT && usable) {
        limit = i;
      } else if (op == Sqlite3.SQLITE_INDEX_CONSTRAINT_EQ && column >= columns) {
        if (!usable) {
          return Sqlite3.SQLITE_CONSTRAINT;
        }
        given[column - columns] = i + 1;
      } else {
        narrowed = true;
      }
    }
    long usage = Memory.getLong(info + 32);
    int taken = 0;
    int mask = 0;
    for (int parameter = 0; parameter < parameters; parameter++) {
      if (given[parameter] > 0) {
        long at = usage + 8L * (given[parameter] - 1);
        Memory.putInt(at, ++taken);
        Memory.putByte(at + 4, (byte) 1);
        mask |= 1 << parameter;
      }
    }
    if (limit >= 0 && !narrowed) {
      Memory.putInt(usage + 8L * limit, ++taken);
      mask |= WITH_LIMIT;
    }
    Memory.putInt(info + 40, mask);
    return SQLITE_OK;
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
      Cursor open = at(cursor);
      TableFunction function = all.functions.get((int) Memory.getLong(vtab + VTAB_FUNCTION));
      @Nullable Object[] arguments = new @Nullable Object[function.parameters().size()];
      int taken = 0;
      for (int i = 0; i < arguments.length; i++) {
        if ((idxNum & 1 << i) != 0) {
          arguments[i] = all.api.value(Memory.getLong(argv + 8L * taken++));
        }
      }
      boolean limited = (idxNum & WITH_LIMIT) != 0;
      long limit = limited ? all.api.valueInt64(Memory.getLong(argv + 8L * taken)) : -1;
      open.arguments = arguments;
      open.rows = function.rows(Memory.getLong(vtab + VTAB_DB), arguments, limit);
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
      @Nullable Object[] row = open.rows.get(open.at);
      get()
          .api
          .result(context, column < row.length ? row[column] : open.arguments[column - row.length]);
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
