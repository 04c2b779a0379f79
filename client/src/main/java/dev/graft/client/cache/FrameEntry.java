package dev.graft.client.cache;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/**
 * One record of the index, see {@code docs/formats.md}.
 *
 * @param key the frame's name
 * @param kind what its content is
 * @param hot whether its writer marked it as hot
 * @param pages its pages
 * @param file the number of its data file
 * @param offset of its first byte there
 * @param lengthBytes of its content
 * @param crc32c of its content
 */
record FrameEntry(
    FrameKey key,
    FrameKind kind,
    boolean hot,
    PageRuns pages,
    int file,
    long offset,
    int lengthBytes,
    int crc32c) {
  private static final int IN_SEGMENT = 1;
  private static final int IN_COMMIT = 2;
  private static final int HOT = 0x80;

  /** No data file is longer, whatever wrote it. */
  static final int MAX_FILE_BYTES = 64 << 20;

  static FrameEntry of(CachedFrame frame) {
    return new FrameEntry(
        frame.key(),
        frame.kind(),
        frame.isMarkedHot(),
        frame.pages(),
        frame.slab().number(),
        frame.offset(),
        frame.lengthBytes(),
        frame.crc32c());
  }

  byte[] encode() {
    WireWriter out = new WireWriter(96);
    switch (key.owner()) {
      case FrameOwner.InSegment(var volume, var segment) ->
          out.u8(IN_SEGMENT).volume(volume).segment(segment);
      case FrameOwner.InCommit(var volume, var lsn) ->
          out.u8(IN_COMMIT).volume(volume).u64(lsn.value());
    }
    out.varint(key.number()).u8(kind.ordinal() | (hot ? HOT : 0)).varint(pages.runs());
    pages.forEachRun((first, count) -> out.varint(first).varint(count));
    out.varint(file).varint(offset).varint(lengthBytes);
    return out.u32(crc32c).toBytes();
  }

  static FrameEntry decode(String path, byte[] payload) {
    WireReader in = new WireReader(path, payload);
    int tag = in.u8();
    FrameOwner owner =
        switch (tag) {
          case IN_SEGMENT -> new FrameOwner.InSegment(in.volume(), in.segment());
          case IN_COMMIT -> new FrameOwner.InCommit(in.volume(), new Lsn(in.u64()));
          default -> throw in.corrupt("owner of kind " + tag);
        };
    int number = in.varintInt("frame number", 0, Integer.MAX_VALUE);
    int flags = in.u8();
    int kind = flags & ~HOT;
    if (kind >= FrameKind.values().length) {
      throw in.corrupt("frame of kind " + kind);
    }
    PageRuns pages = pages(in);
    int file = in.varintInt("file", 0, Integer.MAX_VALUE - 1);
    long offset = in.varint("offset", 0, MAX_FILE_BYTES);
    int length = in.varintInt("length", 0, (int) (MAX_FILE_BYTES - offset));
    int crc32c = in.u32();
    in.expectEnd();
    return new FrameEntry(
        new FrameKey(owner, number),
        FrameKind.values()[kind],
        (flags & HOT) != 0,
        pages,
        file,
        offset,
        length,
        crc32c);
  }

  private static PageRuns pages(WireReader in) {
    int runs = in.count("runs", PageRuns.MAX_PAGES, 2);
    var pages = new PageRuns.Builder();
    try {
      for (int run = 0; run < runs; run++) {
        pages.add(
            in.varint("page", 1, PageIdx.MAX_VALUE), in.varintInt("pages", 1, PageRuns.MAX_PAGES));
      }
      return pages.build();
    } catch (GraftException.Misuse wrong) {
      throw in.corrupt(String.valueOf(wrong.getMessage()));
    }
  }
}
