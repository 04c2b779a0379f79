package dev.graft.protocol.page;

/**
 * CRC-64/NVME (reflected polynomial 0x9A6C9329AC4BC9B5, all ones in and out), eight bytes a step.
 * The check value of {@code "123456789"} is 0xAE8B14860A799888.
 */
final class Crc64Nvme {
  private static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;

  /** Row {@code k} at {@code k * 256}: what a byte contributes after {@code k} more zero bytes. */
  private static final long[] TABLE = table();

  private Crc64Nvme() {}

  private static long[] table() {
    long[] table = new long[8 * 256];
    for (int i = 0; i < 256; i++) {
      long c = i;
      for (int bit = 0; bit < 8; bit++) {
        c = (c >>> 1) ^ (-(c & 1) & POLYNOMIAL);
      }
      table[i] = c;
    }
    for (int i = 256; i < table.length; i++) {
      long c = table[i - 256];
      table[i] = table[(int) (c & 0xFF)] ^ (c >>> 8);
    }
    return table;
  }

  /** The CRC of {@code bytes[offset, offset + length)}. */
  static long of(byte[] bytes, int offset, int length) {
    long[] t = TABLE;
    long crc = -1L;
    int at = offset;
    int end = offset + length;
    for (; end - at >= 8; at += 8) {
      int low = (int) crc;
      int high = (int) (crc >>> 32);
      crc =
          t[1792 + ((low ^ bytes[at]) & 0xFF)]
              ^ t[1536 + ((low >>> 8 ^ bytes[at + 1]) & 0xFF)]
              ^ t[1280 + ((low >>> 16 ^ bytes[at + 2]) & 0xFF)]
              ^ t[1024 + ((low >>> 24 ^ bytes[at + 3]) & 0xFF)]
              ^ t[768 + ((high ^ bytes[at + 4]) & 0xFF)]
              ^ t[512 + ((high >>> 8 ^ bytes[at + 5]) & 0xFF)]
              ^ t[256 + ((high >>> 16 ^ bytes[at + 6]) & 0xFF)]
              ^ t[(high >>> 24 ^ bytes[at + 7]) & 0xFF];
    }
    for (; at < end; at++) {
      crc = t[(int) (crc ^ bytes[at]) & 0xFF] ^ (crc >>> 8);
    }
    return ~crc;
  }
}
