package dev.graft.client.local;

import dev.graft.client.Mutation;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of {@link LocalRecord}s, see {@code docs/formats.md}, "Local log". */
final class LocalCodec {
  /** The most bytes of a mutation's arguments. */
  static final int MAX_ARGUMENT_BYTES = 4 << 20;

  private static final int MAX_NAME_BYTES = 64;
  private static final int MAX_SET_BYTES = 8 << 20;
  private static final int MAX_SEGMENTS = 65_536;
  private static final int MADE = 1;
  private static final int PUSH = 2;
  private static final int UPLOADED = 3;
  private static final int SETTLED = 4;
  private static final int REBASE = 5;
  private static final int DROPPED = 6;
  private static final int FORKING = 7;

  private LocalCodec() {}

  static byte[] encode(LocalRecord record) {
    WireWriter out = new WireWriter(256);
    switch (record) {
      case LocalRecord.Made made -> made(out.u8(MADE), made);
      case LocalRecord.Push push -> {
        out.u8(PUSH).varint(push.transactions());
        RequestCodec.encode(out, push.request());
        out.varint(push.segments().size());
        push.segments().forEach(entry -> entry(out, entry));
      }
      case LocalRecord.Uploaded(var segment) -> out.u8(UPLOADED).segment(segment);
      case LocalRecord.Settled(boolean effective, Position at) ->
          position(out.u8(SETTLED).u8(effective ? 1 : 0), at);
      case LocalRecord.Rebase(Position to, long draft) ->
          position(out.u8(REBASE), to).varint(draft);
      case LocalRecord.Dropped dropped -> out.u8(DROPPED);
      case LocalRecord.Forking(var child, Position at, int transactions) ->
          position(out.u8(FORKING).volume(child), at).varint(transactions);
    }
    return out.toBytes();
  }

  private static void made(WireWriter out, LocalRecord.Made made) {
    LocalCommit.Work work = made.work();
    position(out, made.base()).varint(made.draft());
    transaction(out, work.record());
    position(out, work.snapshot());
    count(count(count(out, work.before()), work.count()), work.smallest());
    out.prefixed(work.readSet().toBytes()).prefixed(work.zeros().toBytes());
    if (work.mutation().isPresent()) {
      Mutation mutation = work.mutation().get();
      if (mutation.arguments().length > MAX_ARGUMENT_BYTES) {
        throw new GraftException.Limit(
            "the arguments of mutation "
                + mutation.name()
                + " have "
                + mutation.arguments().length
                + " bytes; at most "
                + MAX_ARGUMENT_BYTES
                + " are kept");
      }
      out.u8(1).text(mutation.name(), MAX_NAME_BYTES).prefixed(mutation.arguments());
    } else {
      out.u8(0);
    }
    switch (made.body()) {
      case LocalRecord.Body.Here(SegmentId owner, int offset, int length, byte[] frames) ->
          out.u8(0).segment(owner).bytes(frames);
      case LocalRecord.Body.InSegments(List<SegmentId> segments) -> {
        out.u8(1).varint(segments.size());
        segments.forEach(out::segment);
      }
    }
  }

  static WireWriter position(WireWriter out, Position position) {
    return out.u64(position.lsn().value()).hash(position.hash());
  }

  static Position position(WireReader in) {
    return new Position(new Lsn(in.u64()), in.hash());
  }

  static WireWriter count(WireWriter out, PageCount count) {
    return out.u32((int) count.value());
  }

  static PageCount count(WireReader in) {
    return new PageCount(Integer.toUnsignedLong(in.u32()));
  }

  static void transaction(WireWriter out, TransactionRecord record) {
    out.u64(record.key().hi()).u64(record.key().lo()).hash(record.digest());
    out.u64(record.localTime().toEpochMilli());
    out.text(record.author(), TransactionRecord.MAX_AUTHOR_BYTES);
    out.text(record.message(), TransactionRecord.MAX_MESSAGE_BYTES);
  }

  static TransactionRecord transaction(WireReader in) {
    return new TransactionRecord(
        new IdempotencyKey(in.u64(), in.u64()),
        in.hash(),
        Instant.ofEpochMilli(in.u64()),
        in.text("author", TransactionRecord.MAX_AUTHOR_BYTES),
        in.text("message", TransactionRecord.MAX_MESSAGE_BYTES));
  }

  private static void entry(WireWriter out, SegmentEntry entry) {
    out.segment(entry.id()).u32(entry.lengthBytes()).hash(entry.sha256());
  }

  private static SegmentEntry entry(WireReader in) {
    return new SegmentEntry(in.segment(), in.u32(), in.hash());
  }

  /**
   * Reads a record.
   *
   * @param name of the log, for messages
   */
  static LocalRecord decode(String name, byte[] payload) {
    WireReader in = new WireReader(name, payload);
    try {
      LocalRecord record = decode(in);
      in.expectEnd();
      return record;
    } catch (GraftException.Misuse | GraftException.Limit e) {
      throw in.corrupt(String.valueOf(e.getMessage()));
    }
  }

  private static LocalRecord decode(WireReader in) {
    int kind = in.u8();
    return switch (kind) {
      case MADE -> made(in);
      case PUSH -> {
        int transactions = in.varintInt("transactions", 1, Integer.MAX_VALUE);
        var request = RequestCodec.decode(in);
        int count = in.count("segments", MAX_SEGMENTS, 16);
        List<SegmentEntry> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          segments.add(entry(in));
        }
        yield new LocalRecord.Push(transactions, request, segments);
      }
      case UPLOADED -> new LocalRecord.Uploaded(in.segment());
      case SETTLED -> new LocalRecord.Settled(in.u8() == 1, position(in));
      case REBASE -> new LocalRecord.Rebase(position(in), in.varint());
      case DROPPED -> new LocalRecord.Dropped();
      case FORKING ->
          new LocalRecord.Forking(
              in.volume(), position(in), in.varintInt("transactions", 0, Integer.MAX_VALUE));
      default -> throw in.corrupt("a record of kind " + kind);
    };
  }

  private static LocalRecord made(WireReader in) {
    Position base = position(in);
    long draft = in.varint();
    TransactionRecord record = transaction(in);
    Position snapshot = position(in);
    PageCount before = count(in);
    PageCount count = count(in);
    PageCount smallest = count(in);
    PageSet readSet = PageSet.decode(in.prefixed("read set", MAX_SET_BYTES));
    PageSet zeros = PageSet.decode(in.prefixed("zeros", MAX_SET_BYTES));
    Optional<Mutation> mutation =
        in.u8() == 0
            ? Optional.empty()
            : Optional.of(
                new Mutation(
                    in.text("mutation", MAX_NAME_BYTES),
                    in.prefixed("arguments", MAX_ARGUMENT_BYTES)));
    var work =
        new LocalCommit.Work(record, snapshot, before, count, smallest, readSet, zeros, mutation);
    return new LocalRecord.Made(base, draft, work, body(in));
  }

  private static LocalRecord.Body body(WireReader in) {
    if (in.u8() == 0) {
      SegmentId owner = in.segment();
      int offset = in.position();
      byte[] frames = in.bytes(in.remaining());
      return new LocalRecord.Body.Here(owner, offset, frames.length, frames);
    }
    int count = in.count("segments", MAX_SEGMENTS, 16);
    List<SegmentId> segments = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      segments.add(in.segment());
    }
    return new LocalRecord.Body.InSegments(segments);
  }
}
