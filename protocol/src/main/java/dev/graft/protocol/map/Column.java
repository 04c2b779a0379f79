package dev.graft.protocol.map;

import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;

/**
 * A column of unsigned numbers of a length that the reader knows. The writer takes the shortest of
 * three forms, told by the first byte: 0, each as a varint; 1, runs of a varint value and the
 * varint run length less 1; 2, packed: the smallest value as a varint, the bits of a value in one
 * byte, then each value less the smallest, in that many bits, high bit first, the last byte filled
 * up with zeros. A column of no values is no bytes at all. The reader takes no other than the
 * shortest form, so one column has one encoding.
 */
final class Column {
  private static final int PLAIN = 0;
  private static final int RUNS = 1;
  private static final int PACKED = 2;

  /** Wider values are not packed, so that a value and a byte's rest fit 64 bits. */
  private static final int MAX_PACKED_BITS = 56;

  private Column() {}

  /** How a column is written; min and bits count for packed columns only. */
  private record Form(int code, long min, int bits) {
    /** The shortest, and of equally short ones the first. */
    static Form shortest(long[] values) {
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
        return new Form(PLAIN, 0, 0);
      }
      return runs <= packed ? new Form(RUNS, 0, 0) : new Form(PACKED, min, bits);
    }
  }

  static void write(WireWriter out, long[] values) {
    if (values.length == 0) {
      return;
    }
    Form form = Form.shortest(values);
    out.u8(form.code());
    switch (form.code()) {
      case PLAIN -> {
        for (long value : values) {
          out.varint(value);
        }
      }
      case RUNS -> writeRuns(out, values);
      default -> writePacked(out, values, form);
    }
  }

  private static void writeRuns(WireWriter out, long[] values) {
    int runStart = 0;
    for (int i = 1; i <= values.length; i++) {
      if (i == values.length || values[i] != values[runStart]) {
        out.varint(values[runStart]).varint(i - runStart - 1);
        runStart = i;
      }
    }
  }

  private static void writePacked(WireWriter out, long[] values, Form form) {
    int bits = form.bits();
    out.varint(form.min()).u8(bits);
    long held = 0;
    int heldBits = 0;
    for (long value : values) {
      held = held << bits | (value - form.min());
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
    int code = in.u8();
    if (code == PLAIN && in.remaining() < length) {
      throw in.corrupt(length + " values of " + what + " are cut short");
    }
    long[] values = new long[length];
    Form form =
        switch (code) {
          case PLAIN -> readPlain(in, values);
          case RUNS -> readRuns(in, what, values);
          case PACKED -> readPacked(in, what, values);
          default -> throw in.corrupt(what + " column of form " + code);
        };
    if (!form.equals(Form.shortest(values))) {
      throw in.corrupt(what + " column is not in its shortest form");
    }
    for (long value : values) {
      if (Long.compareUnsigned(value, max) > 0) {
        throw in.corrupt(what + " " + Long.toUnsignedString(value) + " is above " + max);
      }
    }
    return values;
  }

  private static Form readPlain(WireReader in, long[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = in.varint();
    }
    return new Form(PLAIN, 0, 0);
  }

  private static Form readRuns(WireReader in, String what, long[] values) {
    for (int i = 0; i < values.length; ) {
      long value = in.varint();
      int run = in.varintInt("run of " + what, 0, values.length - i - 1) + 1;
      if (i > 0 && values[i - 1] == value) {
        throw in.corrupt("two runs of " + what + " should be one");
      }
      Arrays.fill(values, i, i + run, value);
      i += run;
    }
    return new Form(RUNS, 0, 0);
  }

  private static Form readPacked(WireReader in, String what, long[] values) {
    long min = in.varint();
    int bits = in.u8();
    if (bits > MAX_PACKED_BITS || packedBytes(values.length, bits) > in.remaining()) {
      throw in.corrupt(
          values.length + " values of " + what + " in " + bits + " bits are cut short");
    }
    long mask = (1L << bits) - 1;
    long held = 0;
    int heldBits = 0;
    for (int i = 0; i < values.length; i++) {
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
    return new Form(PACKED, min, bits);
  }

  private static long packedBytes(int length, int bits) {
    return ((long) length * bits + 7) / 8;
  }
}
