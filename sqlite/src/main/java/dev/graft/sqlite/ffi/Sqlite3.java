package dev.graft.sqlite.ffi;

/** Constants of sqlite3.h. */
public final class Sqlite3 {
  public static final int SQLITE_OK = 0;
  public static final int SQLITE_ERROR = 1;
  public static final int SQLITE_BUSY = 5;
  public static final int SQLITE_NOMEM = 7;
  public static final int SQLITE_READONLY = 8;
  public static final int SQLITE_INTERRUPT = 9;
  public static final int SQLITE_IOERR = 10;
  public static final int SQLITE_NOTFOUND = 12;
  public static final int SQLITE_FULL = 13;
  public static final int SQLITE_CANTOPEN = 14;
  public static final int SQLITE_CONSTRAINT = 19;
  public static final int SQLITE_AUTH = 23;

  public static final int SQLITE_OK_LOAD_PERMANENTLY = 256;
  public static final int SQLITE_IOERR_READ = SQLITE_IOERR | 1 << 8;
  public static final int SQLITE_IOERR_SHORT_READ = SQLITE_IOERR | 2 << 8;
  public static final int SQLITE_IOERR_WRITE = SQLITE_IOERR | 3 << 8;
  public static final int SQLITE_IOERR_FSYNC = SQLITE_IOERR | 4 << 8;
  public static final int SQLITE_IOERR_TRUNCATE = SQLITE_IOERR | 6 << 8;
  public static final int SQLITE_IOERR_FSTAT = SQLITE_IOERR | 7 << 8;
  public static final int SQLITE_IOERR_UNLOCK = SQLITE_IOERR | 8 << 8;
  public static final int SQLITE_IOERR_DELETE = SQLITE_IOERR | 10 << 8;
  public static final int SQLITE_IOERR_ACCESS = SQLITE_IOERR | 13 << 8;
  public static final int SQLITE_IOERR_LOCK = SQLITE_IOERR | 15 << 8;
  public static final int SQLITE_IOERR_CLOSE = SQLITE_IOERR | 16 << 8;
  public static final int SQLITE_IOERR_DATA = SQLITE_IOERR | 32 << 8;
  public static final int SQLITE_BUSY_SNAPSHOT = SQLITE_BUSY | 2 << 8;

  public static final int SQLITE_OPEN_READONLY = 0x1;
  public static final int SQLITE_OPEN_READWRITE = 0x2;
  public static final int SQLITE_OPEN_CREATE = 0x4;
  public static final int SQLITE_OPEN_DELETEONCLOSE = 0x8;
  public static final int SQLITE_OPEN_EXCLUSIVE = 0x10;
  public static final int SQLITE_OPEN_MAIN_DB = 0x100;
  public static final int SQLITE_OPEN_MAIN_JOURNAL = 0x800;
  public static final int SQLITE_OPEN_TEMP_JOURNAL = 0x1000;
  public static final int SQLITE_OPEN_SHAREDCACHE = 0x20000;

  public static final int SQLITE_LOCK_NONE = 0;
  public static final int SQLITE_LOCK_SHARED = 1;
  public static final int SQLITE_LOCK_RESERVED = 2;

  public static final int SQLITE_FCNTL_LOCKSTATE = 1;
  public static final int SQLITE_FCNTL_FILE_POINTER = 7;
  public static final int SQLITE_FCNTL_VFSNAME = 12;
  public static final int SQLITE_FCNTL_PRAGMA = 14;
  public static final int SQLITE_FCNTL_HAS_MOVED = 20;
  public static final int SQLITE_FCNTL_SYNC = 21;
  public static final int SQLITE_FCNTL_COMMIT_PHASETWO = 22;

  public static final int SQLITE_IOCAP_POWERSAFE_OVERWRITE = 0x1000;
  public static final int SQLITE_IOCAP_SUBPAGE_READ = 0x8000;

  public static final int SQLITE_INDEX_CONSTRAINT_EQ = 2;
  public static final int SQLITE_INDEX_CONSTRAINT_LIMIT = 73;

  private Sqlite3() {}
}
