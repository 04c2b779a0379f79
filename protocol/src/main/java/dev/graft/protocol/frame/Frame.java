package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.Arrays;

/**
 * One frame, decoded and proved: what it says of itself and its content. The static methods serve
 * callers who handle a frame now and then; {@link FrameEncoder} and {@link FrameDecoder} serve
 * those who handle many.
 *
 * @param header what it says of itself
 * @param content the pages, one after the other in index order, or a part of a map; not to be
 *     changed
 */
public record Frame(FrameHeader header, byte[] content) {
  /** The most bytes of pages in a frame: 128 KiB. */
  public static final int MAX_PAGES_BYTES = 128 * 1024;

  /** The most bytes of an encoded leaf, branch or root: 1 MiB. */
  public static final int MAX_MAP_BYTES = 1024 * 1024;

  /** The most bytes of an encoded segment table: 4 MiB. */
  public static final int MAX_TABLE_BYTES = 4 * 1024 * 1024;

  /** The largest frame number of an object. */
  public static final int MAX_NUMBER = 65_535;

  /** No frame is longer than its content by more than this: header, page runs, checksum. */
  public static final int MAX_OVERHEAD_BYTES = 64 + PageRuns.MAX_PAGES * 6;

  /** Where a page's bytes begin in the content, or -1 when the frame does not hold the page. */
  public int pageOffset(long pageIdx) {
    int position = header.pages().position(pageIdx);
    return position < 0 ? -1 : position * header.pageSize().bytes();
  }

  /**
   * A copy of one page.
   *
   * @throws GraftException.Corrupt when the frame does not hold it: a map that says so is wrong
   */
  public byte[] page(long pageIdx) {
    int offset = pageOffset(pageIdx);
    if (offset < 0) {
      throw new GraftException.Corrupt(
          "page "
              + pageIdx
              + " is not in frame "
              + header.number()
              + " of "
              + header.owner()
              + ", which holds pages "
              + header.pages());
    }
    return Arrays.copyOfRange(content, offset, offset + header.pageSize().bytes());
  }

  /**
   * Encodes a frame of pages.
   *
   * @param pages which pages, as many as {@code length} holds
   * @param raw holds them one after the other
   */
  public static byte[] encodePages(
      FrameOwner owner,
      int number,
      boolean hot,
      PageSize pageSize,
      PageRuns pages,
      byte[] raw,
      int offset,
      int length) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      return encoder.encodePages(owner, number, hot, pageSize, pages, raw, offset, length);
    }
  }

  /** Encodes a frame that holds a part of a map or a segment table. */
  public static byte[] encodeMeta(
      FrameKind kind, FrameOwner owner, int number, PageSize pageSize, byte[] content) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      return encoder.encodeMeta(kind, owner, number, pageSize, content);
    }
  }

  /**
   * Proves and decodes a frame.
   *
   * @throws GraftException.Corrupt when the bytes are not exactly the expected frame
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static Frame decode(byte[] bytes, int offset, int length, FrameRef expected) {
    try (FrameDecoder decoder = new FrameDecoder()) {
      return decoder.decode(bytes, offset, length, expected);
    }
  }

  /**
   * Proves a frame's checksum and reads its header; the content is not looked at.
   *
   * @param object what the bytes are, for messages
   */
  public static FrameHeader header(String object, byte[] bytes, int offset, int length) {
    WireReader in = WireReader.sealed(object, bytes, offset, length);
    FrameHeader header = FrameHeader.decode(object, in);
    if (in.remaining() != header.storedBytes()) {
      throw in.corrupt(in.remaining() + " stored bytes follow and not " + header.storedBytes());
    }
    return header;
  }

  /**
   * How long the frame is that begins at {@code offset}, by its own header. Only for bytes that are
   * proved in another way: this looks at no checksum.
   *
   * @param object what the bytes are, for messages
   * @param available how many bytes there are from {@code offset} on
   */
  public static int lengthBytes(String object, byte[] bytes, int offset, int available) {
    WireReader in = new WireReader(object, bytes, offset, available);
    FrameHeader header = FrameHeader.decode(object, in);
    if (header.storedBytes() > in.remaining() - WireWriter.SEAL_BYTES) {
      throw in.corrupt("it ends before its " + header.storedBytes() + " stored bytes");
    }
    return in.position() + header.storedBytes() + WireWriter.SEAL_BYTES;
  }

  /**
   * The same frame under another owner and number; nothing is compressed anew. The engine makes
   * inline frames its own with it at every attempt to put them.
   *
   * @throws GraftException.Corrupt when the bytes are no whole frame
   */
  public static byte[] restamp(byte[] frame, FrameOwner owner, int number) {
    WireWriter out = new WireWriter(frame.length + 16);
    restamp(out, frame, 0, frame.length, owner, number);
    return out.toBytes();
  }

  /** Appends the frame under another owner and number; gives what it now says of itself. */
  static FrameHeader restamp(
      WireWriter out, byte[] bytes, int offset, int length, FrameOwner owner, int number) {
    FrameHeader old = header("a frame of " + length + " bytes", bytes, offset, length);
    FrameHeader stamped =
        new FrameHeader(
            old.kind(),
            old.codec(),
            old.hot(),
            old.pageSize(),
            owner,
            number,
            old.rawBytes(),
            old.storedBytes(),
            old.pages());
    int start = out.size();
    stamped.encode(out);
    int stored = offset + length - WireWriter.SEAL_BYTES - old.storedBytes();
    out.bytes(bytes, stored, old.storedBytes()).sealFrom(start);
    return stamped;
  }
}
