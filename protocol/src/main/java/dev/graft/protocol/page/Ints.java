package dev.graft.protocol.page;

import java.nio.ByteBuffer;

/**
 * Numbers inside byte arrays. Through ByteBuffers, which compiled code does not allocate, and not
 * through VarHandles, whose first use costs 1.5 ms in a fresh JVM.
 */
final class Ints {
  private Ints() {}

  /**
   * The big-endian unsigned number of {@code width} bytes (1..4) at {@code at}. One of 3 bytes may
   * not be the last thing in its array; in an encoding it never is.
   */
  static int get(byte[] bytes, int at, int width) {
    return switch (width) {
      case 1 -> bytes[at] & 0xFF;
      case 2 -> get2(bytes, at);
      case 3 -> get3(bytes, at);
      default -> get4(bytes, at);
    };
  }

  /** The number of 2 bytes. */
  static int get2(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getShort(at) & 0xFFFF;
  }

  /** The number of 3 bytes, after which there is at least one more. */
  static int get3(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at) >>> 8;
  }

  /**
   * Writes the low {@code width} bytes (1..4) of {@code value}, big-endian. One of 3 bytes also
   * sets the byte after it to 0, which in an encoding is still to be written.
   */
  static void put(byte[] bytes, int at, int width, int value) {
    switch (width) {
      case 1 -> bytes[at] = (byte) value;
      case 2 -> ByteBuffer.wrap(bytes).putShort(at, (short) value);
      case 3 -> ByteBuffer.wrap(bytes).putInt(at, value << 8);
      default -> ByteBuffer.wrap(bytes).putInt(at, value);
    }
  }

  /** The number of 4 bytes. */
  static int get4(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at);
  }

  /** The 8 bytes at {@code at}, first byte lowest: byte {@code i} of a bitmap holds bits 8i.. */
  static long longLittleEndian(byte[] bytes, int at) {
    return Long.reverseBytes(ByteBuffer.wrap(bytes).getLong(at));
  }

  /** Writes 8 bytes, lowest first. */
  static void putLongLittleEndian(byte[] bytes, int at, long value) {
    ByteBuffer.wrap(bytes).putLong(at, Long.reverseBytes(value));
  }
}
