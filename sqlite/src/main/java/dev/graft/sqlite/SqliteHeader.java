package dev.graft.sqlite;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first 100 bytes of a SQLite database.
 *
 * @param pageSize SQLite's own page size, which need not be the volume's
 * @param writeAheadLog whether the file says that it is in WAL mode
 * @param reservedBytes unused bytes at the end of each page
 * @param changeCounter grows with each transaction
 * @param sizeInPages as the header tells it; 0 when it does not
 * @param schemaCookie grows with each change of the schema
 * @param versionValidFor the change counter for which {@code sizeInPages} holds
 */
public record SqliteHeader(
    PageSize pageSize,
    boolean writeAheadLog,
    int reservedBytes,
    int changeCounter,
    long sizeInPages,
    int schemaCookie,
    int versionValidFor) {
  /** Length in bytes. */
  public static final int LENGTH = 100;

  static final int PAGE_SIZE_AT = 16;
  static final int WRITE_VERSION_AT = 18;
  static final int READ_VERSION_AT = 19;
  static final int CHANGE_COUNTER_AT = 24;
  static final int SIZE_AT = 28;
  static final int SCHEMA_COOKIE_AT = 40;
  static final int VERSION_VALID_FOR_AT = 92;

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /**
   * Reads a header.
   *
   * @param bytes at least 100, the first of the file
   * @throws GraftException.Misuse when this is no SQLite database
   */
  public static SqliteHeader parse(byte[] bytes) {
    if (!isSqlite(bytes)) {
      throw new GraftException.Misuse(
          "this is not a SQLite database: its first bytes say otherwise");
    }
    int size = (bytes[PAGE_SIZE_AT] & 0xFF) << 8 | bytes[PAGE_SIZE_AT + 1] & 0xFF;
    if (size == 1) {
      size = 65536;
    }
    int reserved = bytes[20] & 0xFF;
    if (size < 512 || Integer.bitCount(size) != 1 || size - reserved < 480) {
      throw new GraftException.Misuse(
          "this is not a SQLite database: page size " + size + " with " + reserved + " reserved");
    }
    return new SqliteHeader(
        new PageSize(size),
        bytes[WRITE_VERSION_AT] == 2 || bytes[READ_VERSION_AT] == 2,
        reserved,
        (int) INT.get(bytes, CHANGE_COUNTER_AT),
        Integer.toUnsignedLong((int) INT.get(bytes, SIZE_AT)),
        (int) INT.get(bytes, SCHEMA_COOKIE_AT),
        (int) INT.get(bytes, VERSION_VALID_FOR_AT));
  }

  /** Whether the bytes begin as a SQLite database does. */
  static boolean isSqlite(byte[] bytes) {
    return bytes.length >= LENGTH && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** The size of the file as its header tells it; {@code fileBytes} when it makes no sense. */
  static long toldBytes(byte[] bytes, long fileBytes) {
    try {
      SqliteHeader header = parse(bytes);
      return header.pageCount(fileBytes) * header.pageSize().bytes();
    } catch (GraftException.Misuse e) {
      return fileBytes;
    }
  }

  /** The size in pages: what the header tells when it may be trusted, else the file's length. */
  public long pageCount(long fileBytes) {
    return sizeInPages > 0 && changeCounter == versionValidFor
        ? sizeInPages
        : fileBytes / pageSize.bytes();
  }
}
