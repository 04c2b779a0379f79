package dev.graft.sqlite;

import static dev.graft.sqlite.SqliteHeader.CHANGE_COUNTER_AT;
import static dev.graft.sqlite.SqliteHeader.READ_VERSION_AT;
import static dev.graft.sqlite.SqliteHeader.SCHEMA_COOKIE_AT;
import static dev.graft.sqlite.SqliteHeader.VERSION_VALID_FOR_AT;
import static dev.graft.sqlite.SqliteHeader.WRITE_VERSION_AT;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Turns the first page of a volume from what is stored into what SQLite is shown, and back.
 *
 * <p>Shown are the numbers of {@link ShownNumbers}, and the journal mode as "rollback" even where
 * the file was imported in WAL mode. Should the two counters in the header differ as stored, then
 * they differ as shown: SQLite then takes the size from the file's length.
 */
final class FirstPage {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final byte ROLLBACK_JOURNAL = 1;
  private static final byte WRITE_AHEAD_LOG = 2;

  private FirstPage() {}

  static int intAt(byte[] page, int at) {
    return (int) INT.get(page, at);
  }

  private static void putInt(byte[] page, int at, int value) {
    INT.set(page, at, value);
  }

  /** Changes a stored page, or its first 100 bytes, into the shown one. */
  static void show(byte[] page, int counter, int cookie) {
    if (!SqliteHeader.isSqlite(page)) {
      return;
    }
    int apart = intAt(page, VERSION_VALID_FOR_AT) - intAt(page, CHANGE_COUNTER_AT);
    putInt(page, CHANGE_COUNTER_AT, counter);
    putInt(page, VERSION_VALID_FOR_AT, counter + apart);
    putInt(page, SCHEMA_COOKIE_AT, cookie);
    if (page[WRITE_VERSION_AT] == WRITE_AHEAD_LOG || page[READ_VERSION_AT] == WRITE_AHEAD_LOG) {
      page[WRITE_VERSION_AT] = ROLLBACK_JOURNAL;
      page[READ_VERSION_AT] = ROLLBACK_JOURNAL;
    }
  }

  /**
   * The page to store for one that SQLite wrote.
   *
   * @param written by SQLite, with shown numbers; not changed
   * @param base the stored page of the snapshot
   * @param shownCookie that SQLite had been shown, or had last written
   */
  static byte[] toStored(byte[] written, byte[] base, int shownCookie) {
    byte[] page = written.clone();
    int cookie = intAt(written, SCHEMA_COOKIE_AT);
    int counter = 1;
    if (SqliteHeader.isSqlite(base)) {
      counter = intAt(base, CHANGE_COUNTER_AT) + 1;
      cookie = intAt(base, SCHEMA_COOKIE_AT) + cookie - shownCookie;
      if (base[WRITE_VERSION_AT] == WRITE_AHEAD_LOG || base[READ_VERSION_AT] == WRITE_AHEAD_LOG) {
        page[WRITE_VERSION_AT] = base[WRITE_VERSION_AT];
        page[READ_VERSION_AT] = base[READ_VERSION_AT];
      }
    }
    putInt(page, CHANGE_COUNTER_AT, counter);
    putInt(page, VERSION_VALID_FOR_AT, counter);
    putInt(page, SCHEMA_COOKIE_AT, cookie);
    return page;
  }

  /**
   * Whether two stored pages say the same but for the change counter and the library's version
   * (bytes 24..27 and 92..99): then a commit need not write it.
   */
  static boolean sayTheSame(byte[] a, byte[] b) {
    return equal(a, b, 0, CHANGE_COUNTER_AT)
        && equal(a, b, CHANGE_COUNTER_AT + 4, VERSION_VALID_FOR_AT)
        && equal(a, b, VERSION_VALID_FOR_AT + 8, a.length);
  }

  private static boolean equal(byte[] a, byte[] b, int from, int to) {
    return Arrays.equals(a, from, to, b, from, to);
  }
}
