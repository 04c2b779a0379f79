package dev.graft.sqlite.ffi;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * {@code sqlite3_api_routines}: the functions that SQLite hands to every extension, as far as they
 * are used here. The table only ever grows at its end, so an index holds for all later versions.
 */
public final class ApiRoutines {
  private static final int BIND_PARAMETER_COUNT = 7;
  private static final int DECLARE_VTAB = 50;
  private static final int EXEC = 55;
  private static final int FREE = 58;
  private static final int GET_AUTOCOMMIT = 60;
  private static final int LAST_INSERT_ROWID = 65;
  private static final int LIBVERSION_NUMBER = 67;
  private static final int RESULT_INT64 = 83;
  private static final int RESULT_NULL = 84;
  private static final int SET_AUTHORIZER = 91;
  private static final int TOTAL_CHANGES = 97;
  private static final int VALUE_INT64 = 107;
  private static final int VALUE_TEXT = 109;
  private static final int VALUE_TYPE = 113;
  private static final int CREATE_MODULE_V2 = 119;
  private static final int FILE_CONTROL = 127;
  private static final int VFS_REGISTER = 142;
  private static final int RANDOMNESS = 148;
  private static final int SQL = 153;
  private static final int STMT_READONLY = 185;
  private static final int URI_PARAMETER = 189;
  private static final int AUTO_EXTENSION = 192;
  private static final int MALLOC64 = 197;
  private static final int RESULT_TEXT64 = 202;
  private static final int TRACE_V2 = 214;
  private static final int SET_LAST_INSERT_ROWID = 216;
  private static final int URI_KEY = 245;

  private static final long SQLITE_TRANSIENT = -1;
  private static final int SQLITE_UTF8 = 1;
  private static final int SQLITE_INTEGER = 1;
  private static final int SQLITE_NULL = 5;

  private final MethodHandle declareVtab;
  private final MethodHandle exec;
  private final MethodHandle free;
  private final MethodHandle getAutocommit;
  private final MethodHandle libversionNumber;
  private final MethodHandle resultInt64;
  private final MethodHandle resultNull;
  private final MethodHandle valueInt64;
  private final MethodHandle valueText;
  private final MethodHandle valueType;
  private final MethodHandle createModuleV2;
  private final MethodHandle fileControl;
  private final MethodHandle vfsRegister;
  private final MethodHandle uriParameter;
  private final MethodHandle autoExtension;
  private final MethodHandle malloc64;
  private final MethodHandle resultText64;
  private final MethodHandle uriKey;
  private final MethodHandle bindParameterCount;
  private final MethodHandle lastInsertRowid;
  private final MethodHandle totalChanges;
  private final MethodHandle sql;
  private final MethodHandle stmtReadonly;
  private final MethodHandle traceV2;
  private final MethodHandle setLastInsertRowid;
  private final MethodHandle setAuthorizer;
  private final MethodHandle randomness;

  /**
   * @param table the address of the table, as SQLite gave it to an extension
   */
  ApiRoutines(long table) {
    declareVtab = at(table, DECLARE_VTAB, int.class, Stubs.LL);
    exec = at(table, EXEC, int.class, Stubs.LLLLL);
    free = at(table, FREE, void.class, Stubs.L);
    getAutocommit = at(table, GET_AUTOCOMMIT, int.class, Stubs.L);
    libversionNumber = at(table, LIBVERSION_NUMBER, int.class);
    resultInt64 = at(table, RESULT_INT64, void.class, Stubs.LL);
    resultNull = at(table, RESULT_NULL, void.class, Stubs.L);
    valueInt64 = at(table, VALUE_INT64, long.class, Stubs.L);
    valueText = at(table, VALUE_TEXT, long.class, Stubs.L);
    valueType = at(table, VALUE_TYPE, int.class, Stubs.L);
    createModuleV2 = at(table, CREATE_MODULE_V2, int.class, Stubs.LLLLL);
    fileControl = at(table, FILE_CONTROL, int.class, Stubs.LLIL);
    vfsRegister = at(table, VFS_REGISTER, int.class, Stubs.LI);
    uriParameter = at(table, URI_PARAMETER, long.class, Stubs.LL);
    autoExtension = at(table, AUTO_EXTENSION, int.class, Stubs.L);
    malloc64 = at(table, MALLOC64, long.class, Stubs.L);
    resultText64 = at(table, RESULT_TEXT64, void.class, Stubs.LLLLI);
    uriKey = at(table, URI_KEY, long.class, Stubs.LI);
    bindParameterCount = at(table, BIND_PARAMETER_COUNT, int.class, Stubs.L);
    lastInsertRowid = at(table, LAST_INSERT_ROWID, long.class, Stubs.L);
    totalChanges = at(table, TOTAL_CHANGES, int.class, Stubs.L);
    sql = at(table, SQL, long.class, Stubs.L);
    stmtReadonly = at(table, STMT_READONLY, int.class, Stubs.L);
    traceV2 = at(table, TRACE_V2, int.class, Stubs.LILL);
    setLastInsertRowid = at(table, SET_LAST_INSERT_ROWID, void.class, Stubs.LL);
    setAuthorizer = at(table, SET_AUTHORIZER, int.class, Stubs.LLL);
    randomness = at(table, RANDOMNESS, void.class, Stubs.IL);
  }

  private static MethodHandle at(long table, int index, Class<?> result, Class<?>... arguments) {
    return Stubs.downcall(Memory.getLong(table + 8L * index), result, arguments);
  }

  /** {@code sqlite3_libversion_number}. */
  public int libversionNumber() {
    try {
      return (int) libversionNumber.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_get_autocommit}: whether no transaction is open. */
  public boolean getAutocommit(long db) {
    try {
      return (int) getAutocommit.invokeExact(db) != 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_exec} without a call-back. */
  public int exec(long db, String sql) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) exec.invokeExact(db, arena.allocateFrom(sql).address(), 0L, 0L, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code SQLITE_FCNTL_FILE_POINTER}: the {@code sqlite3_file*} of a schema, or 0. */
  public long filePointer(long db, String schema) {
    try (Arena arena = Arena.ofConfined()) {
      long out = arena.allocate(8, 8).address();
      long name = arena.allocateFrom(schema).address();
      int rc = (int) fileControl.invokeExact(db, name, Sqlite3.SQLITE_FCNTL_FILE_POINTER, out);
      return rc == Sqlite3.SQLITE_OK ? Memory.getLong(out) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_vfs_register}. */
  public int vfsRegister(long vfs, boolean makeDefault) {
    try {
      return (int) vfsRegister.invokeExact(vfs, makeDefault ? 1 : 0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_uri_key}: the name of the n-th URI parameter, or null. */
  public @Nullable String uriKey(long zName, int n) {
    try {
      long key = (long) uriKey.invokeExact(zName, n);
      return key == 0 ? null : Memory.string(key);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_uri_parameter}: the value of a URI parameter, or null. */
  public @Nullable String uriParameter(long zName, String key) {
    try (Arena arena = Arena.ofConfined()) {
      long value = (long) uriParameter.invokeExact(zName, arena.allocateFrom(key).address());
      return value == 0 ? null : Memory.string(value);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A C string made with {@code sqlite3_malloc64}, to be freed by SQLite; 0 without memory. */
  public long mallocString(String text) {
    try (Arena arena = Arena.ofConfined()) {
      var bytes = arena.allocateFrom(text);
      long address = malloc(bytes.byteSize());
      if (address != 0) {
        Memory.ALL.asSlice(address, bytes.byteSize()).copyFrom(bytes);
      }
      return address;
    }
  }

  /** {@code sqlite3_malloc64}; 0 without memory. */
  long malloc(long bytes) {
    try {
      return (long) malloc64.invokeExact(bytes);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_free}. */
  void free(long address) {
    try {
      free.invokeExact(address);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_auto_extension}. */
  int autoExtension(long entryPoint) {
    try {
      return (int) autoExtension.invokeExact(entryPoint);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_create_module_v2} without a destructor. */
  int createModule(long db, long zName, long module, long aux) {
    try {
      return (int) createModuleV2.invokeExact(db, zName, module, aux, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_declare_vtab}. */
  int declareVtab(long db, String createTable) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) declareVtab.invokeExact(db, arena.allocateFrom(createTable).address());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_value_int64}. */
  long valueInt64(long value) {
    try {
      return (long) valueInt64.invokeExact(value);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A value: null, a {@link Long} when it is an integer, else its text. */
  @Nullable Object value(long value) {
    try {
      int type = (int) valueType.invokeExact(value);
      if (type == SQLITE_INTEGER) {
        return valueInt64(value);
      }
      long text = type == SQLITE_NULL ? 0 : (long) valueText.invokeExact(value);
      return text == 0 ? null : Memory.string(text);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Sets a result: null, a {@link Long}, or anything else as text. */
  void result(long context, @Nullable Object value) {
    try (Arena arena = Arena.ofConfined()) {
      switch (value) {
        case null -> resultNull.invokeExact(context);
        case Long number -> resultInt64.invokeExact(context, (long) number);
        default -> {
          var text = arena.allocateFrom(value.toString());
          resultText64.invokeExact(
              context, text.address(), text.byteSize() - 1, SQLITE_TRANSIENT, SQLITE_UTF8);
        }
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_bind_parameter_count}. */
  public int bindParameterCount(long stmt) {
    try {
      return (int) bindParameterCount.invokeExact(stmt);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_last_insert_rowid}. */
  public long lastInsertRowid(long db) {
    try {
      return (long) lastInsertRowid.invokeExact(db);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_set_last_insert_rowid}. */
  public void setLastInsertRowid(long db, long rowid) {
    try {
      setLastInsertRowid.invokeExact(db, rowid);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_total_changes}: rows changed since the connection was opened, modulo 2^32. */
  public int totalChanges(long db) {
    try {
      return (int) totalChanges.invokeExact(db);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_sql}: the address of the statement's text. */
  long sql(long stmt) {
    try {
      return (long) sql.invokeExact(stmt);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_stmt_readonly}: whether it cannot write to a database file. */
  public boolean stmtReadonly(long stmt) {
    try {
      return (int) stmtReadonly.invokeExact(stmt) != 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_trace_v2}. */
  int trace(long db, int mask, long callback, long context) {
    try {
      return (int) traceV2.invokeExact(db, mask, callback, context);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code sqlite3_set_authorizer}. */
  int setAuthorizer(long db, long callback, long context) {
    try {
      return (int) setAuthorizer.invokeExact(db, callback, context);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * {@code sqlite3_randomness(0, NULL)}: the next random number of the process begins with a fresh
   * seed of the operating system.
   */
  public void forgetRandomness() {
    try {
      randomness.invokeExact(0, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of SQLite failed", e);
  }
}
