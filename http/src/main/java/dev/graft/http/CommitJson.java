package dev.graft.http;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Commit;
import dev.graft.protocol.log.CommitDraft;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CommitRequest.Content;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.util.List;
import java.util.function.BiFunction;

/** The JSON of commits. */
final class CommitJson {
  /** A longer set fits no commit header. */
  private static final int MAX_CLEARED_BYTES = CommitHeader.MAX_BYTES;

  private CommitJson() {}

  static void write(JsonOut out, CommitRequest request) {
    out.position("base", request.base()).lsn("snapshot", request.snapshot());
    out.pageCount("count", request.count()).pageCount("smallest", request.smallest());
    LogJson.transactions(out, request.transactions());
    switch (request.content()) {
      case Content.Inline inline -> out.object("inline", inner -> write(inner, inline));
      case Content.Segments(RootPlace root, SegmentTable table) ->
          out.object(
              "segments",
              inner -> {
                WireWriter rootBytes = new WireWriter();
                RootPlace.encode(rootBytes, request.volume(), root);
                WireWriter tableBytes = new WireWriter();
                SegmentTable.encode(tableBytes, request.volume(), table);
                inner.bytes("root", rootBytes.toBytes()).bytes("table", tableBytes.toBytes());
              });
      case Content.Revert revert -> out.lsn("revertTo", revert.to());
    }
  }

  private static void write(JsonOut out, Content.Inline inline) {
    out.manyBytes("frames", inline.frames());
    if (!inline.cleared().isEmpty()) {
      out.bytes("cleared", inline.cleared().toBytes());
    }
  }

  static CommitRequest request(VolumeId volume, JsonObject in) {
    List<TransactionRecord> transactions =
        LogJson.transactions(in, CommitDraft.MAX_TRANSACTION_BYTES);
    return new CommitRequest(
        volume,
        in.position("base"),
        in.lsn("snapshot"),
        in.pageCount("count"),
        in.pageCount("smallest"),
        transactions,
        content(volume, in));
  }

  private static Content content(VolumeId volume, JsonObject in) {
    if (in.has("inline")) {
      return in.object("inline", CommitJson::inline);
    }
    if (in.has("segments")) {
      return in.object("segments", inner -> segments(volume, inner));
    }
    return new Content.Revert(in.lsn("revertTo"));
  }

  private static Content.Inline inline(JsonObject in) {
    List<byte[]> frames = in.manyBytes("frames", Commit.MAX_INLINE_FRAMES_BYTES);
    if (!in.has("cleared")) {
      return new Content.Inline(frames, PageSet.empty());
    }
    byte[] cleared = in.bytes("cleared", MAX_CLEARED_BYTES);
    return new Content.Inline(frames, in.checked("cleared", each -> PageSet.decode(cleared)));
  }

  private static Content.Segments segments(VolumeId volume, JsonObject in) {
    return new Content.Segments(
        part(in, "root", volume, RootPlace::decode),
        part(in, "table", volume, SegmentTable::decode));
  }

  private static <T> T part(
      JsonObject in, String member, VolumeId volume, BiFunction<WireReader, VolumeId, T> decode) {
    WireReader reader = new WireReader(member, in.bytes(member, CommitHeader.MAX_BYTES));
    return in.checked(
        member,
        each -> {
          T part = decode.apply(reader, volume);
          reader.expectEnd();
          return part;
        });
  }

  static void write(JsonOut out, CommitOutcome.Committed committed) {
    out.position("position", committed.position()).time("time", committed.time());
    out.object("graft", inner -> GraftJson.write(inner, committed.graft()));
  }

  static CommitOutcome.Committed committed(JsonObject in) {
    return new CommitOutcome.Committed(
        in.position("position"), in.time("time"), in.object("graft", GraftJson::graft));
  }
}
