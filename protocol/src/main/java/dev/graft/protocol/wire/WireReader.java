package dev.graft.protocol.wire;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link WireWriter} writes and trusts nothing: every read checks what remains and every
 * failure is a {@link GraftException.Corrupt} that names the object and the byte. Nothing is
 * allocated before the bytes for it are known to be there. Not safe for use by several threads.
 */
public final class WireReader {
  private final String object;
  private final byte[] bytes;
  private final int start;
  private final int end;
  private int at;

  /**
   * Reads a range of an array.
   *
   * @param object what the bytes are, for messages: an object key or a noun
   * @param offset where the range starts; byte numbers in messages count from here
   */
  public WireReader(String object, byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || length > bytes.length - offset) {
      throw new GraftException.Misuse(
          length + " bytes at " + offset + " are not within " + bytes.length);
    }
    this.object = object;
    this.bytes = bytes;
    this.start = offset;
    this.at = offset;
    this.end = offset + length;
  }

  /** Reads a whole array. */
  public WireReader(String object, byte[] bytes) {
    this(object, bytes, 0, bytes.length);
  }

  /**
   * Checks the CRC32C in the last four bytes of the range and reads what lies before it.
   *
   * @throws GraftException.Corrupt when it does not match or the range is shorter than a checksum
   */
  public static WireReader sealed(String object, byte[] bytes, int offset, int length) {
    WireReader whole = new WireReader(object, bytes, offset, length);
    if (length < WireWriter.SEAL_BYTES) {
      throw whole.corrupt("it has " + length + " bytes, too few for a checksum");
    }
    int content = length - WireWriter.SEAL_BYTES;
    whole.at = offset + content;
    int stored = whole.u32();
    int actual = WireWriter.crc32c(bytes, offset, content);
    if (stored != actual) {
      whole.at = offset + content;
      throw whole.corrupt(
          "checksum %08x does not match the content's %08x".formatted(stored, actual));
    }
    return new WireReader(object, bytes, offset, content);
  }

  /**
   * Checks checksum, magic, kind and version of a whole object and reads what follows the header.
   *
   * @param maxVersion the newest version that the caller can read; versions begin at 1
   * @throws GraftException.Corrupt when magic, kind or checksum are wrong
   * @throws GraftException.Misuse when the object is of a newer format version
   */
  public static WireReader object(
      String object, byte[] bytes, int offset, int length, int kind, int maxVersion) {
    WireReader reader = sealed(object, bytes, offset, length);
    reader.header(kind, maxVersion);
    return reader;
  }

  /**
   * Reads and checks magic, kind and version.
   *
   * @return the version, 1..maxVersion
   */
  public int header(int kind, int maxVersion) {
    if (u32() != WireWriter.MAGIC) {
      throw corruptAt(at - 4, "it does not begin with GRFT");
    }
    int actualKind = u8();
    if (actualKind != kind) {
      throw corruptAt(at - 1, "its kind is " + actualKind + " and not " + kind);
    }
    return version(maxVersion);
  }

  /**
   * Reads and checks a format version of one byte.
   *
   * @return the version, 1..maxVersion
   * @throws GraftException.Misuse when it is newer
   */
  public int version(int maxVersion) {
    int version = u8();
    if (version == 0) {
      throw corruptAt(at - 1, "format version 0 does not exist");
    }
    if (version > maxVersion) {
      throw new GraftException.Misuse(
          object
              + " is of format version "
              + version
              + "; this program reads up to "
              + maxVersion
              + ": use a newer release");
    }
    return version;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - at;
  }

  /** How many bytes were read. */
  public int position() {
    return at - start;
  }

  /** One byte: 0..255. */
  public int u8() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  /** Two bytes: 0..65535. */
  public int u16() {
    need(2);
    return (u8() << 8) | u8();
  }

  /** Four bytes, as they are. */
  public int u32() {
    need(4);
    int value =
        (bytes[at] & 0xFF) << 24
            | (bytes[at + 1] & 0xFF) << 16
            | (bytes[at + 2] & 0xFF) << 8
            | (bytes[at + 3] & 0xFF);
    at += 4;
    return value;
  }

  /** Eight bytes, as they are. */
  public long u64() {
    need(8);
    long high = u32();
    return high << 32 | (u32() & 0xFFFF_FFFFL);
  }

  /** A varint of any 64-bit value, to be taken as unsigned. */
  public long varint() {
    int begin = at;
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        if ((next == 0 && shift > 0) || (shift == 63 && next > 1)) {
          throw corruptAt(begin, "a varint is not in its shortest form");
        }
        return value;
      }
      if (shift == 63) {
        throw corruptAt(begin, "a varint is longer than 10 bytes");
      }
    }
  }

  /** A varint that must lie in a range; both ends belong to it and are not negative. */
  public long varint(String what, long min, long max) {
    int begin = at;
    long value = varint();
    if (value < min || value > max) {
      throw corruptAt(
          begin, what + " " + Long.toUnsignedString(value) + " is not in " + min + ".." + max);
    }
    return value;
  }

  /** {@link #varint(String, long, long)} for values that fit an int. */
  public int varintInt(String what, int min, int max) {
    return (int) varint(what, min, max);
  }

  /** A signed number, see {@link WireWriter#zigzag}. */
  public long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /**
   * A varint that counts things which follow, each of at least some bytes: more than the remaining
   * bytes can hold is refused, so the caller may allocate for the count.
   */
  public int count(String what, int max, int minBytesEach) {
    int begin = at;
    int count = varintInt(what, 0, max);
    if ((long) count * minBytesEach > remaining()) {
      throw corruptAt(begin, what + " " + count + " does not fit in " + remaining() + " bytes");
    }
    return count;
  }

  /** That many bytes, copied. */
  public byte[] bytes(int length) {
    if (length < 0) {
      throw corrupt("a length of " + length);
    }
    need(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** A varint length of at most {@code maxBytes}, then that many bytes, copied. */
  public byte[] prefixed(String what, int maxBytes) {
    return bytes(count(what, maxBytes, 1));
  }

  /** A varint length, then a reader of that many bytes; byte numbers in messages count from 0. */
  public WireReader nested(String what, int maxBytes) {
    int length = count(what, maxBytes, 1);
    at += length;
    return new WireReader(object + " " + what, bytes, at - length, length);
  }

  /** A length of at most {@code maxBytes}, then well-formed UTF-8. */
  public String text(String what, int maxBytes) {
    int length = count(what, maxBytes, 1);
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length)).toString();
      at += length;
      return text;
    } catch (CharacterCodingException e) {
      throw corrupt(what + " is not UTF-8");
    }
  }

  /** 16 bytes of a volume id. */
  public VolumeId volume() {
    need(16);
    return new VolumeId(u64(), u64());
  }

  /** 16 bytes of a segment id. */
  public SegmentId segment() {
    need(16);
    return new SegmentId(u64(), u64());
  }

  /** 32 bytes of a hash. */
  public Hash hash() {
    return Hash.of(bytes(Hash.LENGTH));
  }

  /** Refuses bytes that nothing asked for. */
  public void expectEnd() {
    if (at != end) {
      throw corrupt(remaining() + " bytes too many");
    }
  }

  /** The failure to throw when what was read last cannot be; carries object and position. */
  public GraftException.Corrupt corrupt(String reason) {
    return corruptAt(at, reason);
  }

  private GraftException.Corrupt corruptAt(int index, String reason) {
    return new GraftException.Corrupt(
        object + " is damaged at byte " + (index - start) + ": " + reason);
  }

  private void need(int more) {
    if (end - at < more) {
      throw corrupt("it ends where " + more + " more bytes are due");
    }
  }
}
