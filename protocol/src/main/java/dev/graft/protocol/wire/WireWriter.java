package dev.graft.protocol.wire;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A growing array of bytes with the integer forms that all formats share: fixed-width integers are
 * big-endian, varints are unsigned LEB128 in their shortest form. The methods return the writer, so
 * that calls chain. Not safe for use by several threads.
 */
public final class WireWriter {
  /** The first four bytes of every object: {@code GRFT}. */
  public static final int MAGIC = 0x47524654;

  /** The bytes of {@link #header}: magic, kind, version. */
  public static final int HEADER_BYTES = 6;

  /** The bytes of {@link #seal}. */
  public static final int SEAL_BYTES = 4;

  private byte[] bytes;
  private int size;

  /** An empty writer. */
  public WireWriter() {
    this(256);
  }

  /** An empty writer with room for that many bytes. */
  public WireWriter(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  /** How many bytes were written. */
  public int size() {
    return size;
  }

  /** The beginning of an object: magic, kind, format version. */
  public WireWriter header(int kind, int version) {
    return u32(MAGIC).u8(kind).u8(version);
  }

  /** One byte, the low 8 bits. */
  public WireWriter u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** Two bytes, the low 16 bits. */
  public WireWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  /** Four bytes. */
  public WireWriter u32(int value) {
    room(4);
    putU32(bytes, size, value);
    size += 4;
    return this;
  }

  /** Eight bytes. */
  public WireWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  /** A varint of 1 to 10 bytes; the value is taken as unsigned. */
  public WireWriter varint(long value) {
    room(10);
    while ((value & ~0x7FL) != 0) {
      bytes[size++] = (byte) (value | 0x80);
      value >>>= 7;
    }
    bytes[size++] = (byte) value;
    return this;
  }

  /** A signed number as a varint: 0, -1, 1, -2 become 0, 1, 2, 3. */
  public WireWriter zigzag(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  /** The bytes, without their length. */
  public WireWriter bytes(byte[] source) {
    return bytes(source, 0, source.length);
  }

  /** A range of bytes, without its length. */
  public WireWriter bytes(byte[] source, int offset, int length) {
    room(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
    return this;
  }

  /** The length as a varint, then the bytes. */
  public WireWriter prefixed(byte[] source) {
    return varint(source.length).bytes(source);
  }

  /**
   * The length in bytes as a varint, then the text in UTF-8.
   *
   * @param maxBytes the same limit as the reader's
   */
  public WireWriter text(String text, int maxBytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > maxBytes) {
      throw new GraftException.Limit(
          "a text of " + utf8.length + " bytes does not fit the limit of " + maxBytes);
    }
    return prefixed(utf8);
  }

  /** The 16 bytes of the id. */
  public WireWriter volume(VolumeId id) {
    return u64(id.hi()).u64(id.lo());
  }

  /** The 16 bytes of the id. */
  public WireWriter segment(SegmentId id) {
    return u64(id.hi()).u64(id.lo());
  }

  /** The 32 bytes of the hash. */
  public WireWriter hash(Hash hash) {
    room(Hash.LENGTH);
    hash.copyTo(bytes, size);
    size += Hash.LENGTH;
    return this;
  }

  /** The CRC32C of everything written so far. */
  public WireWriter seal() {
    return u32(crc32c(bytes, 0, size));
  }

  /** The CRC32C of what was written from that byte on: seals a part of an object. */
  public WireWriter sealFrom(int start) {
    return u32(crc32c(bytes, start, size - start));
  }

  /** The last four bytes that were written, for example the checksum of {@link #seal}. */
  public int lastU32() {
    return (bytes[size - 4] & 0xFF) << 24
        | (bytes[size - 3] & 0xFF) << 16
        | (bytes[size - 2] & 0xFF) << 8
        | (bytes[size - 1] & 0xFF);
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** The CRC32C of a range of bytes. */
  public static int crc32c(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** Writes four bytes into an array. */
  public static void putU32(byte[] target, int offset, int value) {
    target[offset] = (byte) (value >>> 24);
    target[offset + 1] = (byte) (value >>> 16);
    target[offset + 2] = (byte) (value >>> 8);
    target[offset + 3] = (byte) value;
  }

  /** How many bytes {@link #varint} writes for the value. */
  public static int varintBytes(long value) {
    return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}
