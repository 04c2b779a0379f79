package dev.graft.http;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CommitRequest.Content;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RetainRequest;
import dev.graft.protocol.remote.RetainRequest.Change;
import dev.graft.protocol.remote.Retained;
import dev.graft.protocol.remote.UploadReceipt;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import dev.graft.protocol.remote.Waiting;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fixed values of every message, from fixed ids, times and contents: what the golden files hold.
 */
final class Samples {
  static final VolumeId VOLUME = new VolumeId(0x0123456789abcdefL, 0x1122334455667788L);
  static final VolumeId OTHER = new VolumeId(5, 6);
  static final SegmentId SEGMENT = new SegmentId(0x0193500000001234L, 0x5566778899aabbccL);
  static final Instant TIME = Instant.parse("2026-11-01T12:00:00.123Z");
  static final PageSize PAGE_SIZE = new PageSize(512);

  /** One message with a value. */
  record Sample<T>(String golden, Message<T> message, T value) {
    byte[] encode() {
      return message.encode(value);
    }

    @Override
    public String toString() {
      return golden;
    }
  }

  private Samples() {}

  static List<Sample<?>> all() {
    return List.of(
        new Sample<>("empty", Messages.empty(), new Nothing()),
        new Sample<>("done", Messages.done(), new Nothing()),
        new Sample<>("createVolume", Messages.createVolume(), new CreateVolume(VOLUME, PAGE_SIZE)),
        new Sample<>("volumeInfo", Messages.volumeInfo(), info(VOLUME)),
        new Sample<>("volumeInfo-fork", Messages.volumeInfo(), infoOfFork()),
        changes("changesRequest-poll", position(7), new Until.Head(), false),
        changes("changesRequest-open", null, new Until.AtLsn(new Lsn(9)), true),
        changes("changesRequest-time", null, new Until.AtTime(TIME), true),
        new Sample<>("graft", Messages.graft(), graft()),
        commit(
            "commitRequest-inline",
            new Content.Inline(List.of(frame(0, 1), frame(1, 3)), PageSet.of(5, 6))),
        commit(
            "commitRequest-inline-plain",
            new Content.Inline(List.of(frame(0, 1)), PageSet.empty())),
        commit(
            "commitRequest-segments",
            new Content.Segments(
                new RootPlace.Inline(root()),
                new SegmentTable.Inline(List.of(SegmentEntry.of(segment()))))),
        commit("commitRequest-revert", new Content.Revert(new Lsn(3))),
        new Sample<>(
            "committed",
            Messages.committed(),
            new CommitOutcome.Committed(position(8), TIME, graft())),
        new Sample<>("logRequest", Messages.logRequest(), new LogRequest(new Lsn(-1), 1000)),
        new Sample<>("logRequest-head", Messages.logRequest(), new LogRequest(null, 1)),
        new Sample<>("logPage", Messages.logPage(), log()),
        new Sample<>(
            "uploadReceipt",
            Messages.uploadReceipt(),
            new UploadReceipt(SegmentEntry.of(segment()), TIME)),
        new Sample<>("uploadsRequest", Messages.uploadsRequest(), SegmentEntry.of(segment())),
        new Sample<>(
            "presigned",
            Messages.presigned(),
            new UploadsAnswer.Presigned(
                URI.create("https://bucket.s3.example/volumes/x?X-Amz-Signature=abc"),
                Map.of("if-none-match", "*"),
                TIME.plusSeconds(900),
                TIME)),
        new Sample<>(
            "presigned-there",
            Messages.presigned(),
            new UploadsAnswer.There(new UploadReceipt(SegmentEntry.of(segment()), TIME))),
        new Sample<>(
            "forkRequest",
            Messages.forkRequest(VOLUME),
            new ForkRequest(VOLUME, position(7), OTHER)),
        new Sample<>("forked", Messages.forked(), new ForkAnswer(forked(), "header.claims.sum")),
        new Sample<>("forked-open", Messages.forked(), new ForkAnswer(forked(), null)),
        new Sample<>("volumeState", Messages.volumeState(), state()),
        retain("retainRequest-retention", new Change.Retention(Duration.ofDays(7))),
        retain("retainRequest-floor", new Change.FloorAt(new Lsn(64))),
        retain("retainRequest-older", new Change.FloorOlderThan(Duration.ofHours(48))),
        retain("retainRequest-keep", new Change.Keep(new Lsn(70), true)),
        retain("retainRequest-release", new Change.Keep(new Lsn(70), false)),
        new Sample<>(
            "retained", Messages.retained(), new Retained(state(), true, 32, 4, List.of(OTHER))),
        new Sample<>("waiting", Messages.waiting(), new Waiting(VOLUME, 3, 1L << 60, 2, false)),
        new Sample<>(
            "tokenRequest",
            Messages.tokenRequest(),
            new TokenRequest(
                VOLUME, Set.of(Action.READ, Action.FORK), Duration.ofDays(1), "a reader")),
        new Sample<>(
            "tokenRequest-all",
            Messages.tokenRequest(),
            new TokenRequest(null, Set.of(Action.ADMIN), Duration.ofHours(1), null)),
        new Sample<>(
            "token", Messages.token(), new TokenAnswer("header.claims.sum", TIME.plusSeconds(60))),
        new Sample<>(
            "revoke-token", Messages.revoke(), new RevokeRequest.ByToken("header.claims.sum")),
        new Sample<>(
            "revoke-id",
            Messages.revoke(),
            new RevokeRequest.ById("tok-00000000000000000000000001")),
        problem("problem-conflict", Problem.of(new CommitOutcome.Conflict(graft()))),
        problem(
            "problem-diverged", Problem.of(new ChangesOutcome.Diverged(position(7), position(6)))),
        problem("problem-unavailable", Problem.of(new GraftException.Unavailable("later"))),
        problem(
            "problem-misuse",
            Problem.of(new GraftException.Misuse("too far off")).serverTime(TIME)));
  }

  static Sample<?> named(String name) {
    return all().stream().filter(each -> each.golden().equals(name)).findFirst().orElseThrow();
  }

  private static Sample<ChangesRequest> changes(
      String name, @org.jspecify.annotations.Nullable Position since, Until until, boolean open) {
    return new Sample<>(
        name, Messages.changesRequest(VOLUME), new ChangesRequest(VOLUME, since, until, open));
  }

  private static Sample<CommitRequest> commit(String name, Content content) {
    return new Sample<>(
        name,
        Messages.commitRequest(VOLUME),
        new CommitRequest(
            VOLUME,
            position(7),
            new Lsn(5),
            new PageCount(40),
            new PageCount(30),
            List.of(transaction(1), transaction(2)),
            content));
  }

  private static Sample<RetainRequest> retain(String name, Change change) {
    return new Sample<>(name, Messages.retainRequest(VOLUME), new RetainRequest(VOLUME, change));
  }

  private static Sample<Problem> problem(String name, Problem problem) {
    return new Sample<>(name, Messages.problem(), problem);
  }

  static VolumeInfo info(VolumeId volume) {
    return new VolumeInfo(volume, PAGE_SIZE, TIME, hash("record"));
  }

  static VolumeInfo infoOfFork() {
    VolumeInfo plain = info(OTHER);
    return new VolumeInfo(
        plain.volume(),
        plain.pageSize(),
        plain.created(),
        plain.recordHash(),
        List.of(
            new VolumeRecord.Ancestor(VOLUME, position(9)),
            new VolumeRecord.Ancestor(new VolumeId(7, 8), position(2))));
  }

  static Position position(long lsn) {
    return new Position(new Lsn(lsn), hash("commit " + lsn));
  }

  private static Forked forked() {
    return new Forked(info(OTHER), position(1), TIME);
  }

  static VolumeState state() {
    return new VolumeState(
        VOLUME,
        3,
        new Lsn(64),
        Duration.ofDays(7),
        List.of(new Lsn(64), new Lsn(1024)),
        List.of(new Lsn(70)),
        List.of(OTHER),
        true);
  }

  private static LogAnswer log() {
    return new LogAnswer(
        new LogPage(
            position(8),
            new Lsn(0),
            List.of(
                new LogPage.Entry(
                    position(8),
                    TIME,
                    new Lsn(7),
                    new PageCount(40),
                    3,
                    List.of(transaction(1), transaction(2))),
                new LogPage.Entry(
                    position(7),
                    TIME,
                    new Lsn(5),
                    new PageCount(39),
                    -1,
                    List.of(transaction(3))))),
        true);
  }

  static Graft graft() {
    Segment segment = segment();
    var first = segment.footer().entries().getFirst().ref();
    byte[] bytes =
        java.util.Arrays.copyOfRange(
            segment.bytes(),
            (int) first.offsetBytes(),
            (int) first.offsetBytes() + first.lengthBytes());
    return new Graft(
        VOLUME,
        PAGE_SIZE,
        position(7),
        position(8),
        TIME,
        position(9),
        root(),
        List.of(new Graft.CarriedFrame(first, bytes)),
        TIME.plusNanos(1));
  }

  static Root root() {
    var entries = segment().footer().entries();
    return Root.builder(new PageCount(40), new PageCount(30))
        .addFrame(entries.get(0).ref(), true, entries.get(0).pages())
        .addFrame(entries.get(1).ref(), false, entries.get(1).pages())
        .build();
  }

  static Segment segment() {
    byte[] raw = pages(4);
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(VOLUME, SEGMENT, PAGE_SIZE, encoder);
      writer.addPages(true, PageRuns.of(1, 1), raw, 0, 512);
      writer.addPages(false, new PageRuns.Builder().add(2, 3).add(40).build(), raw, 0, raw.length);
      return writer.finish();
    }
  }

  static byte[] frame(int number, long firstPage) {
    byte[] raw = pages(1);
    return Frame.encodePages(
        new FrameOwner.InCommit(VOLUME, Lsn.ZERO),
        number,
        false,
        PAGE_SIZE,
        PageRuns.of(firstPage, 1),
        raw,
        0,
        raw.length);
  }

  private static byte[] pages(int count) {
    byte[] raw = new byte[count * PAGE_SIZE.bytes()];
    for (int i = 0; i < count; i++) {
      byte[] text = ("page number " + i + " of a golden file").getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, raw, i * PAGE_SIZE.bytes(), text.length);
    }
    return raw;
  }

  static TransactionRecord transaction(int number) {
    return new TransactionRecord(
        new IdempotencyKey(0xABCDEF, number), hash("content " + number), TIME, "ada", "note");
  }

  static Hash hash(String text) {
    return Hash.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
