package dev.graft.client.cache;

import dev.graft.client.folder.RecordLog;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file that tells which frames stand where in the data files. It is written after the data and
 * neither is synced: an entry whose data did not reach the disk is found out by its checksum.
 */
final class FrameIndex implements AutoCloseable {
  private static final String FILE = "frames";
  private static final int IN_SEGMENT = 1;
  private static final int IN_COMMIT = 2;
  private static final int MAX_ENTRY_BYTES = 8 * 1024;

  private final RecordLog log;

  private FrameIndex(RecordLog log) {
    this.log = log;
  }

  /** Opens or begins the index and collects what it knows. */
  static FrameIndex open(
      Path folder, FolderShelf shelf, PageSize pageSize, Map<FrameKey, CachedFrame> into) {
    // Equal owners become one object: thousands of frames share each.
    Map<FrameOwner, FrameOwner> owners = new HashMap<>();
    Path path = folder.resolve(FILE);
    RecordLog log =
        RecordLog.open(
            path,
            MAX_ENTRY_BYTES,
            RecordLog.OnDamage.FORGET_THE_REST,
            payload -> {
              CachedFrame frame = decode(path, payload, shelf, pageSize, owners);
              if (frame != null) {
                into.put(frame.key(), frame);
              }
            });
    return new FrameIndex(log);
  }

  /** Adds an entry; durable at the system's leisure. */
  void append(CachedFrame frame) {
    log.append(encode(frame));
  }

  private static byte[] encode(CachedFrame frame) {
    WireWriter out = new WireWriter(96);
    switch (frame.key().owner()) {
      case FrameOwner.InSegment(var volume, var segment) ->
          out.u8(IN_SEGMENT).volume(volume).segment(segment);
      case FrameOwner.InCommit(var volume, var lsn) ->
          out.u8(IN_COMMIT).volume(volume).u64(lsn.value());
    }
    out.varint(frame.key().number()).u8(frame.kind().ordinal()).varint(frame.pages().runs());
    frame.pages().forEachRun((first, count) -> out.varint(first).varint(count));
    out.varint(frame.spot().file()).varint(frame.spot().offset()).varint(frame.lengthBytes());
    return out.u32(frame.crc32c()).toBytes();
  }

  private static @Nullable CachedFrame decode(
      Path path,
      byte[] payload,
      FolderShelf shelf,
      PageSize pageSize,
      Map<FrameOwner, FrameOwner> owners) {
    WireReader in = new WireReader(path.toString(), payload);
    int tag = in.u8();
    FrameOwner read =
        switch (tag) {
          case IN_SEGMENT -> new FrameOwner.InSegment(in.volume(), in.segment());
          case IN_COMMIT -> new FrameOwner.InCommit(in.volume(), new Lsn(in.u64()));
          default -> throw in.corrupt("owner of kind " + tag);
        };
    FrameOwner owner = owners.computeIfAbsent(read, same -> same);
    int number = in.varintInt("frame number", 0, Integer.MAX_VALUE);
    int kind = in.u8();
    if (kind >= FrameKind.values().length) {
      throw in.corrupt("frame of kind " + kind);
    }
    int runs = in.count("runs", PageRuns.MAX_PAGES, 2);
    var pages = new PageRuns.Builder();
    for (int run = 0; run < runs; run++) {
      pages.add(
          in.varint("page", 1, PageIdx.MAX_VALUE), in.varintInt("pages", 1, PageRuns.MAX_PAGES));
    }
    int file = in.varintInt("file", 0, Integer.MAX_VALUE);
    long offset = in.varint("offset", 0, FolderShelf.FILE_BYTES);
    int length = in.varintInt("length", 0, (int) FolderShelf.FILE_BYTES);
    int crc32c = in.u32();
    in.expectEnd();
    Shelf.Spot spot = shelf.known(file, offset, length);
    return spot == null
        ? null
        : new CachedFrame(
            new FrameKey(owner, number),
            FrameKind.values()[kind],
            pages.build(),
            pageSize.log2(),
            spot,
            length,
            crc32c,
            false);
  }

  @Override
  public void close() throws GraftException {
    log.close();
  }
}
