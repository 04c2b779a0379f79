package dev.graft.protocol.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * Proves and decodes many frames with one decompression context. For one thread at a time; must be
 * closed, for it holds native memory.
 */
public final class FrameDecoder implements AutoCloseable {
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

  /** Takes native memory until {@link #close}. */
  public FrameDecoder() {}

  /**
   * Proves and decodes a frame into a fresh array.
   *
   * @throws GraftException.Corrupt when the bytes are not exactly the expected frame
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public Frame decode(byte[] bytes, int offset, int length, FrameRef expected) {
    FrameHeader header = prove(bytes, offset, length, expected);
    ByteBuffer content = ByteBuffer.allocate(header.rawBytes());
    unpack(header, bytes, offset + length, expected, content);
    return new Frame(header, content.array());
  }

  /**
   * Proves a frame and decodes its content into a buffer, on the heap or not, from its position on;
   * the position ends behind the content. After a failure the buffer's content is undefined.
   *
   * @throws GraftException.Misuse when the buffer has too little room, or the frame is of a newer
   *     format version
   * @throws GraftException.Corrupt when the bytes are not exactly the expected frame
   */
  public FrameHeader decodeInto(
      byte[] bytes, int offset, int length, FrameRef expected, ByteBuffer target) {
    FrameHeader header = prove(bytes, offset, length, expected);
    if (target.remaining() < header.rawBytes()) {
      throw new GraftException.Misuse(
          nameOf(expected)
              + " needs "
              + header.rawBytes()
              + " bytes and the buffer has "
              + target.remaining());
    }
    unpack(header, bytes, offset + length, expected, target);
    return header;
  }

  /** Everything but the content: checksum, version, form, and that it is the expected frame. */
  private static FrameHeader prove(byte[] bytes, int offset, int length, FrameRef expected) {
    String name = nameOf(expected);
    if (length != expected.lengthBytes()) {
      throw new GraftException.Corrupt(
          name + " has " + expected.lengthBytes() + " bytes and " + length + " were read");
    }
    FrameHeader header = Frame.header(name, bytes, offset, length);
    if (!header.owner().equals(expected.owner()) || header.number() != expected.number()) {
      throw new GraftException.Corrupt(
          name + " says that it is frame " + header.number() + " of " + header.owner());
    }
    if (header.codec() == Codec.ZSTD) {
      proveLength(name, header, bytes, offset + length);
    }
    return header;
  }

  /** What zstd would allocate and read is what the header says: nothing more, nothing behind it. */
  private static void proveLength(String name, FrameHeader header, byte[] bytes, int end) {
    int storedBytes = header.storedBytes();
    int stored = end - WireWriter.SEAL_BYTES - storedBytes;
    try {
      if (Zstd.getFrameContentSize(bytes, stored, storedBytes) == header.rawBytes()
          && Zstd.findFrameCompressedSize(bytes, stored, storedBytes) == storedBytes) {
        return;
      }
    } catch (ZstdException e) {
      throw damaged(name, header, e);
    }
    throw new GraftException.Corrupt(
        name
            + " is damaged: its zstd frame is not one of "
            + storedBytes
            + " bytes that holds "
            + header.rawBytes());
  }

  private static GraftException damaged(String name, FrameHeader header, ZstdException cause) {
    return new GraftException.Corrupt(
        name
            + " is damaged in its "
            + header.storedBytes()
            + " stored bytes: zstd says "
            + cause.getMessage(),
        cause);
  }

  private void unpack(
      FrameHeader header, byte[] bytes, int end, FrameRef expected, ByteBuffer target) {
    int stored = end - WireWriter.SEAL_BYTES - header.storedBytes();
    int position = target.position();
    if (header.codec() == Codec.RAW) {
      target.put(bytes, stored, header.storedBytes());
      return;
    }
    int raw = header.rawBytes();
    int got;
    try {
      if (target.hasArray()) {
        got =
            zstd.decompressByteArray(
                target.array(),
                target.arrayOffset() + position,
                raw,
                bytes,
                stored,
                header.storedBytes());
      } else {
        got =
            zstd.decompressByteArrayToDirectByteBuffer(
                target, position, raw, bytes, stored, header.storedBytes());
      }
    } catch (ZstdException e) {
      throw damaged(nameOf(expected), header, e);
    }
    if (got != raw) {
      throw new GraftException.Corrupt(
          nameOf(expected) + " is damaged: its content has " + got + " bytes and not " + raw);
    }
    target.position(position + raw);
  }

  /** A frame as messages name it. */
  static String nameOf(FrameRef ref) {
    return "frame "
        + ref.number()
        + " at byte "
        + ref.offsetBytes()
        + " of "
        + ObjectNames.of(ref.owner());
  }

  /** Gives the native memory back; the decoder is of no use afterwards. */
  @Override
  public void close() {
    zstd.close();
  }
}
