package dev.graft.protocol.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireWriter;

/**
 * Encodes many frames with one compression context and one scratch array. For one thread at a time;
 * must be closed, for it holds native memory.
 */
public final class FrameEncoder implements AutoCloseable {
  /** Level 3: above it a few percent of size cost three times the time. */
  private static final int LEVEL = 3;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private byte[] compressed = new byte[(int) Zstd.compressBound(Frame.MAX_PAGES_BYTES)];

  /** Takes native memory until {@link #close}. */
  public FrameEncoder() {
    zstd.setLevel(LEVEL).setContentSize(true).setChecksum(false);
  }

  /** See {@link Frame#encodePages}. */
  public byte[] encodePages(
      FrameOwner owner,
      int number,
      boolean hot,
      PageSize pageSize,
      PageRuns pages,
      byte[] raw,
      int offset,
      int length) {
    WireWriter out = new WireWriter(length / 2 + Frame.MAX_OVERHEAD_BYTES);
    encode(out, FrameKind.PAGES, hot, pageSize, owner, number, pages, raw, offset, length);
    return out.toBytes();
  }

  /** See {@link Frame#encodeMeta}. */
  public byte[] encodeMeta(
      FrameKind kind, FrameOwner owner, int number, PageSize pageSize, byte[] content) {
    if (kind == FrameKind.PAGES) {
      throw new GraftException.Misuse("a frame of pages needs their indexes");
    }
    WireWriter out = new WireWriter(content.length / 2 + Frame.MAX_OVERHEAD_BYTES);
    encode(out, kind, false, pageSize, owner, number, PageRuns.NONE, content, 0, content.length);
    return out.toBytes();
  }

  /** Appends one frame and gives what it says of itself. */
  FrameHeader encode(
      WireWriter out,
      FrameKind kind,
      boolean hot,
      PageSize pageSize,
      FrameOwner owner,
      int number,
      PageRuns pages,
      byte[] raw,
      int offset,
      int length) {
    // Refuses what cannot be before any work is done on it.
    FrameHeader asRaw =
        new FrameHeader(kind, Codec.RAW, hot, pageSize, owner, number, length, length, pages);
    int stored = compress(raw, offset, length);
    int start = out.size();
    if (stored >= length) {
      asRaw.encode(out);
      out.bytes(raw, offset, length).sealFrom(start);
      return asRaw;
    }
    FrameHeader header =
        new FrameHeader(kind, Codec.ZSTD, hot, pageSize, owner, number, length, stored, pages);
    header.encode(out);
    out.bytes(compressed, 0, stored).sealFrom(start);
    return header;
  }

  private int compress(byte[] raw, int offset, int length) {
    int bound = (int) Zstd.compressBound(length);
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    return zstd.compressByteArray(compressed, 0, bound, raw, offset, length);
  }

  /** Gives the native memory back; the encoder is of no use afterwards. */
  @Override
  public void close() {
    zstd.close();
  }
}
