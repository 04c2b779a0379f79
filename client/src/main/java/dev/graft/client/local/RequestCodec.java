package dev.graft.client.local;

import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a commit request, see {@code docs/formats.md}, "Local log". */
final class RequestCodec {
  private static final int INLINE = 0;
  private static final int SEGMENTS = 1;
  private static final int MAX_FRAMES = 65_536;
  private static final int MAX_SET_BYTES = 8 << 20;

  private RequestCodec() {}

  static void encode(WireWriter out, CommitRequest request) {
    out.volume(request.volume());
    LocalCodec.position(out, request.base()).u64(request.snapshot().value());
    LocalCodec.count(LocalCodec.count(out, request.count()), request.smallest());
    out.varint(request.transactions().size());
    request.transactions().forEach(transaction -> LocalCodec.transaction(out, transaction));
    switch (request.content()) {
      case CommitRequest.Content.Inline(List<byte[]> frames, PageSet cleared) -> {
        out.u8(INLINE).prefixed(cleared.toBytes()).varint(frames.size());
        frames.forEach(out::prefixed);
      }
      case CommitRequest.Content.Segments(RootPlace root, SegmentTable segments) -> {
        RootPlace.encode(out.u8(SEGMENTS), request.volume(), root);
        SegmentTable.encode(out, request.volume(), segments);
      }
      case CommitRequest.Content.Revert revert ->
          throw new IllegalStateException("a revert is never pushed from the local log");
    }
  }

  static CommitRequest decode(WireReader in) {
    VolumeId volume = in.volume();
    Position base = LocalCodec.position(in);
    Lsn snapshot = new Lsn(in.u64());
    PageCount count = LocalCodec.count(in);
    PageCount smallest = LocalCodec.count(in);
    int size = in.varintInt("transactions", 1, CommitDraft.MAX_TRANSACTIONS);
    List<TransactionRecord> transactions = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      transactions.add(LocalCodec.transaction(in));
    }
    return new CommitRequest(
        volume, base, snapshot, count, smallest, transactions, content(in, volume));
  }

  private static CommitRequest.Content content(WireReader in, VolumeId volume) {
    int kind = in.u8();
    if (kind == SEGMENTS) {
      return new CommitRequest.Content.Segments(
          RootPlace.decode(in, volume), SegmentTable.decode(in, volume));
    }
    PageSet cleared = PageSet.decode(in.prefixed("cleared pages", MAX_SET_BYTES));
    int count = in.count("frames", MAX_FRAMES, 1);
    List<byte[]> frames = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      frames.add(in.prefixed("frame", Frame.MAX_PAGES_BYTES + Frame.MAX_OVERHEAD_BYTES));
    }
    return new CommitRequest.Content.Inline(frames, cleared);
  }
}
