package dev.graft.protocol.page;

/**
 * Binary search in ascending big-endian numbers, one loop for each width. They branch on what they
 * read: arithmetic in place of the branch was twice as slow, because then every step waits for the
 * read of the one before.
 */
final class Search {
  private Search() {}

  /**
   * How many of the {@code count} numbers of {@code width} bytes are not above {@code value}.
   *
   * @param stride bytes from one number to the next
   */
  static int notAbove(byte[] bytes, int start, int count, int width, int stride, int value) {
    return switch (width) {
      case 1 -> width1(bytes, start, count, stride, value);
      case 2 -> width2(bytes, start, count, stride, value);
      case 3 -> width3(bytes, start, count, stride, value);
      default -> width4(bytes, start, count, stride, value);
    };
  }

  private static int width1(byte[] bytes, int start, int count, int stride, int value) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int probe = bytes[start + middle * stride] & 0xFF;
      if (probe <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int width2(byte[] bytes, int start, int count, int stride, int value) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int probe = Ints.get2(bytes, start + middle * stride);
      if (probe <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int width3(byte[] bytes, int start, int count, int stride, int value) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int probe = Ints.get3(bytes, start + middle * stride);
      if (probe <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int width4(byte[] bytes, int start, int count, int stride, int value) {
    int low = 0;
    int high = count;
    // Unsigned order is signed order with the highest bit turned.
    int turned = value ^ Integer.MIN_VALUE;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int probe = Ints.get4(bytes, start + middle * stride) ^ Integer.MIN_VALUE;
      if (probe <= turned) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
