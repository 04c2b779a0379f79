package dev.graft.sqlite.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The memory of this process, by address. Nothing is checked: only SQLite's pointers go in. */
public final class Memory {
  /** All of it: an offset in this segment is an address. */
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final ValueLayout.OfInt BIG_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Memory() {}

  /** Memory of SQLite's life: never freed. Zeroed. */
  static MemorySegment allocate(long bytes) {
    return Arena.global().allocate(bytes, 16);
  }

  /** A C string of SQLite's life. */
  static long cString(String text) {
    return Arena.global().allocateFrom(text).address();
  }

  /** Reads a C string in UTF-8. */
  public static String string(long address) {
    return ALL.getString(address);
  }

  /** Writes a C string in UTF-8 with its closing zero, cut to fit. */
  public static void putString(long address, int capacity, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, capacity - 1);
    MemorySegment.copy(bytes, 0, ALL, ValueLayout.JAVA_BYTE, address, length);
    ALL.set(ValueLayout.JAVA_BYTE, address + length, (byte) 0);
  }

  public static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  public static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT, address);
  }

  public static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG, address);
  }

  public static void putByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, address, value);
  }

  public static void putInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT, address, value);
  }

  public static void putLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG, address, value);
  }

  /** Writes a big-endian integer, at any alignment. */
  public static void putBigEndianInt(long address, int value) {
    ALL.set(BIG_ENDIAN_INT, address, value);
  }

  /** Reads a big-endian integer, at any alignment. */
  public static int getBigEndianInt(long address) {
    return ALL.get(BIG_ENDIAN_INT, address);
  }

  /** Zeroes a range. */
  public static void zero(long address, long bytes) {
    ALL.asSlice(address, bytes).fill((byte) 0);
  }
}
