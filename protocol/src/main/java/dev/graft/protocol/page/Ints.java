package dev.graft.protocol.page;

/**
 * Numbers inside byte arrays. Written with shifts and not with VarHandles, which cost milliseconds
 * in a fresh JVM.
 */
final class Ints {
  private Ints() {}

  /** The big-endian unsigned number of {@code width} bytes (1..4) at {@code at}. */
  static int get(byte[] bytes, int at, int width) {
    return switch (width) {
      case 1 -> bytes[at] & 0xFF;
      case 2 -> (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
      case 3 -> (bytes[at] & 0xFF) << 16 | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF);
      default -> get4(bytes, at);
    };
  }

  /** Writes the low {@code width} bytes (1..4) of {@code value}, big-endian. */
  static void put(byte[] bytes, int at, int width, int value) {
    switch (width) {
      case 1 -> bytes[at] = (byte) value;
      case 2 -> {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
      }
      case 3 -> {
        bytes[at] = (byte) (value >>> 16);
        bytes[at + 1] = (byte) (value >>> 8);
        bytes[at + 2] = (byte) value;
      }
      default -> {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
      }
    }
  }

  /** The 8 bytes at {@code at}, first byte lowest: byte {@code i} of a bitmap holds bits 8i.. */
  static long longLittleEndian(byte[] bytes, int at) {
    return Integer.reverseBytes(get4(bytes, at)) & 0xFFFF_FFFFL
        | (long) Integer.reverseBytes(get4(bytes, at + 4)) << 32;
  }

  /** Writes 8 bytes, lowest first. */
  static void putLongLittleEndian(byte[] bytes, int at, long value) {
    put(bytes, at, 4, Integer.reverseBytes((int) value));
    put(bytes, at + 4, 4, Integer.reverseBytes((int) (value >>> 32)));
  }

  private static int get4(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 24
        | (bytes[at + 1] & 0xFF) << 16
        | (bytes[at + 2] & 0xFF) << 8
        | (bytes[at + 3] & 0xFF);
  }
}
