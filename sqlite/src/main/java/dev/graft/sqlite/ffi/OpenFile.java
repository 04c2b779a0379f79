package dev.graft.sqlite.ffi;

/**
 * The methods of one open {@code sqlite3_file}, iVersion 1. SQLite calls them for one connection,
 * one at a time, each returning a result code. What they throw goes to {@link #failed}.
 */
public interface OpenFile {
  int xClose();

  int xRead(long buffer, int amountBytes, long offsetBytes);

  int xWrite(long buffer, int amountBytes, long offsetBytes);

  int xTruncate(long sizeBytes);

  int xSync(int flags);

  int xFileSize(long pSize);

  int xLock(int level);

  int xUnlock(int level);

  int xCheckReservedLock(long pResult);

  int xFileControl(int op, long pArg);

  int xSectorSize();

  int xDeviceCharacteristics();

  /**
   * Turns what a method threw into a result code and remembers it.
   *
   * @param code the one that fits when nothing better is known
   */
  int failed(Throwable cause, int code);
}
