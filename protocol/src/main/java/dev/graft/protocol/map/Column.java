package dev.graft.protocol.map;

import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/**
 * A column of unsigned numbers of a length that the reader knows. The writer takes the shortest of
 * three forms, told by the first byte: 0, each as a varint; 1, runs of a varint value and the
 * varint run length less 1; 2, packed: the smallest value as a varint, the bits of a value in one
 * byte, then each value less the smallest, in that many bits, high bit first, the last byte filled
 * up with zeros. A column of no values is no bytes at all.
 */
final class Column {
  private static final int PLAIN = 0;
  private static final int RUNS = 1;
  private static final int PACKED = 2;

  /** Wider values are not packed, so that a value and a byte's rest fit 64 bits. */
  private static final int MAX_PACKED_BITS = 56;

  private Column() {}

  static void write(WireWriter out, long[] values) {
    if (values.length == 0) {
      return;
    }
    long plain = 0;
    long runs = 0;
    long min = values[0];
    long max = values[0];
    int runStart = 0;
    for (int i = 0; i < values.length; i++) {
      plain += WireWriter.varintBytes(values[i]);
      min = Long.compareUnsigned(values[i], min) < 0 ? values[i] : min;
      max = Long.compareUnsigned(values[i], max) > 0 ? values[i] : max;
      if (i + 1 == values.length || values[i + 1] != values[i]) {
        runs += WireWriter.varintBytes(values[i]) + WireWriter.varintBytes(i - runStart);
        runStart = i + 1;
      }
    }
    int bits = 64 - Long.numberOfLeadingZeros(max - min);
    long packed =
        bits > MAX_PACKED_BITS
            ? Long.MAX_VALUE
            : WireWriter.varintBytes(min) + 1 + packedBytes(values.length, bits);
    if (plain <= runs && plain <= packed) {
      out.u8(PLAIN);
      for (long value : values) {
        out.varint(value);
      }
    } else if (runs <= packed) {
      writeRuns(out, values);
    } else {
      writePacked(out, values, min, bits);
    }
  }

  private static void writeRuns(WireWriter out, long[] values) {
    out.u8(RUNS);
    int runStart = 0;
    for (int i = 1; i <= values.length; i++) {
      if (i == values.length || values[i] != values[runStart]) {
        out.varint(values[runStart]).varint(i - runStart - 1);
        runStart = i;
      }
    }
  }

  private static void writePacked(WireWriter out, long[] values, long min, int bits) {
    out.u8(PACKED).varint(min).u8(bits);
    long held = 0;
    int heldBits = 0;
    for (long value : values) {
      held = held << bits | (value - min);
      for (heldBits += bits; heldBits >= 8; heldBits -= 8) {
        out.u8((int) (held >>> (heldBits - 8)));
      }
    }
    if (heldBits > 0) {
      out.u8((int) (held << (8 - heldBits)));
    }
  }

  /**
   * Reads a column.
   *
   * @param length how many values; the caller has bounded it
   * @param max the largest value allowed, unsigned; -1 for any
   */
  static long[] read(WireReader in, String what, int length, long max) {
    if (length == 0) {
      return new long[0];
    }
    int form = in.u8();
    long[] values =
        switch (form) {
          case PLAIN -> readPlain(in, what, length);
          case RUNS -> readRuns(in, what, length);
          case PACKED -> readPacked(in, what, length);
          default -> throw in.corrupt(what + " column of form " + form);
        };
    for (long value : values) {
      if (Long.compareUnsigned(value, max) > 0) {
        throw in.corrupt(what + " " + Long.toUnsignedString(value) + " is above " + max);
      }
    }
    return values;
  }

  private static long[] readPlain(WireReader in, String what, int length) {
    if (in.remaining() < length) {
      throw in.corrupt(length + " values of " + what + " are cut short");
    }
    long[] values = new long[length];
    for (int i = 0; i < length; i++) {
      values[i] = in.varint();
    }
    return values;
  }

  private static long[] readRuns(WireReader in, String what, int length) {
    long[] values = new long[length];
    for (int i = 0; i < length; ) {
      long value = in.varint();
      int run = in.varintInt("run of " + what, 0, length - i - 1) + 1;
      java.util.Arrays.fill(values, i, i + run, value);
      i += run;
    }
    return values;
  }

  private static long[] readPacked(WireReader in, String what, int length) {
    long min = in.varint();
    int bits = in.u8();
    if (bits > MAX_PACKED_BITS || packedBytes(length, bits) > in.remaining()) {
      throw in.corrupt(length + " values of " + what + " in " + bits + " bits are cut short");
    }
    long[] values = new long[length];
    long mask = (1L << bits) - 1;
    long held = 0;
    int heldBits = 0;
    for (int i = 0; i < length; i++) {
      for (; heldBits < bits; heldBits += 8) {
        held = held << 8 | in.u8();
      }
      heldBits -= bits;
      values[i] = min + (held >>> heldBits & mask);
      if (Long.compareUnsigned(values[i], min) < 0) {
        throw in.corrupt(what + " is beyond 64 bits");
      }
    }
    if ((held & ((1L << heldBits) - 1)) != 0) {
      throw in.corrupt("the last byte of " + what + " is not filled up with zeros");
    }
    return values;
  }

  private static long packedBytes(int length, int bits) {
    return ((long) length * bits + 7) / 8;
  }
}
