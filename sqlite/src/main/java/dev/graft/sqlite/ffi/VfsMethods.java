package dev.graft.sqlite.ffi;

/**
 * The methods of a {@code sqlite3_vfs} that a policy decides. May be called by any thread, each
 * returning a result code. What they throw goes to {@link #failed}.
 */
public interface VfsMethods {
  /** Opens a file: {@link OpenFiles#attach} makes it ours, {@link Vfs#defaultOpen} SQLite's. */
  int xOpen(long zName, long file, int flags, long pOutFlags);

  int xDelete(long zName, int syncDir);

  int xAccess(long zName, int flags, long pResOut);

  int xFullPathname(long zName, int nOut, long zOut);

  int xGetLastError(int nBytes, long zOut);

  /** Called for each new connection of the process, whatever its VFS; before it is used. */
  int connected(long db);

  /**
   * Turns what a method threw into a result code and remembers it.
   *
   * @param code the one that fits when nothing better is known
   */
  int failed(Throwable cause, int code);
}
