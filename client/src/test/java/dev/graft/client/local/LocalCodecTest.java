package dev.graft.client.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.graft.client.Mutation;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
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
import dev.graft.protocol.map.Root;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CommitRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The records of the local log, byte by byte: golden files pin them. {@code
 * -Dgraft.golden.write=true} writes them anew, which is a new format.
 */
final class LocalCodecTest {
  private static final PageSize SIZE = new PageSize(512);
  private static final VolumeId VOLUME = new VolumeId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
  private static final SegmentId SEGMENT = new SegmentId(0x0193_0000_0000_1111L, 0x2222L);
  private static final Position BASE = new Position(new Lsn(7), Hash.sha256(new byte[] {7}));

  private static TransactionRecord transaction() {
    return new TransactionRecord(
        new IdempotencyKey(1, 2),
        Hash.sha256(new byte[] {1}),
        Instant.parse("2026-11-21T12:00:00Z"),
        "ann",
        "adds a page");
  }

  private static byte[] frame(FrameOwner owner) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      byte[] raw = new byte[SIZE.bytes()];
      // Bytes that do not compress, so that no compressor's version is in the golden file.
      new SplittableRandom(5).nextBytes(raw);
      return encoder.encodePages(owner, 0, false, SIZE, PageRuns.of(3, 1), raw, 0, raw.length);
    }
  }

  private static LocalCommit.Work work() {
    return new LocalCommit.Work(
        transaction(),
        BASE,
        new PageCount(9),
        new PageCount(9),
        new PageCount(9),
        PageSet.of(1, 3),
        PageSet.of(4),
        Optional.of(new Mutation("put", "x=1".getBytes(StandardCharsets.UTF_8))));
  }

  private static LocalRecord record(String name) {
    return switch (name) {
      case "commit" -> {
        byte[] frame = frame(new FrameOwner.InSegment(VOLUME, SEGMENT));
        yield new LocalRecord.Made(
            BASE, 0, work(), new LocalRecord.Body.Here(SEGMENT, 0, frame.length, frame));
      }
      case "commit-large" ->
          new LocalRecord.Made(BASE, 3, work(), new LocalRecord.Body.InSegments(List.of(SEGMENT)));
      case "push-inline" ->
          new LocalRecord.Push(
              1,
              request(
                  new CommitRequest.Content.Inline(
                      List.of(frame(new FrameOwner.InCommit(VOLUME, Lsn.ZERO))), PageSet.of(4))),
              List.of());
      case "push-segments" -> {
        SegmentEntry entry = new SegmentEntry(SEGMENT, 4711, Hash.sha256(new byte[] {4}));
        Root root = Root.ofCount(new PageCount(9), new PageCount(9));
        yield new LocalRecord.Push(
            1,
            request(
                new CommitRequest.Content.Segments(
                    new RootPlace.Inline(root), new SegmentTable.Inline(List.of(entry)))),
            List.of(entry));
      }
      case "uploaded" -> new LocalRecord.Uploaded(SEGMENT);
      case "settled" -> new LocalRecord.Settled(true, BASE);
      case "rebase" -> new LocalRecord.Rebase(BASE, 3);
      case "dropped" -> new LocalRecord.Dropped();
      case "fork" -> new LocalRecord.Forking(VOLUME, BASE, 2);
      default -> throw new AssertionError(name);
    };
  }

  private static CommitRequest request(CommitRequest.Content content) {
    return new CommitRequest(
        VOLUME,
        BASE,
        new Lsn(6),
        new PageCount(9),
        new PageCount(9),
        List.of(transaction()),
        content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        "commit-large",
        "push-inline",
        "push-segments",
        "uploaded",
        "settled",
        "rebase",
        "dropped",
        "fork"
      })
  void record_ofEachKind_isItsGoldenFileAndReadsBack(String name) throws IOException {
    byte[] encoded = LocalCodec.encode(record(name));
    Path golden = Path.of("src", "test", "resources", "golden", "local-" + name + ".bin");
    if (Boolean.getBoolean("graft.golden.write")) {
      Files.write(golden, encoded);
    }
    assertThat(encoded).isEqualTo(Files.readAllBytes(golden));
    LocalRecord read = LocalCodec.decode("a log", encoded);
    assertThat(LocalCodec.encode(read)).isEqualTo(encoded);
    // Frames to the end of a record are proved by themselves when they are read.
    int needed = read instanceof LocalRecord.Made made ? frameless(made, encoded) : encoded.length;
    for (int length = 0; length < needed; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThatExceptionOfType(GraftException.Corrupt.class)
          .as("cut at " + length)
          .isThrownBy(() -> LocalCodec.decode("a log", cut));
    }
  }

  private static int frameless(LocalRecord.Made made, byte[] encoded) {
    return encoded.length - LocalRecord.Body.lengthHere(made.body());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 255})
  void decode_kindThatIsNone_isCorrupt(int kind) {
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> LocalCodec.decode("a log", new byte[] {(byte) kind}));
  }

  @ParameterizedTest
  @ValueSource(ints = {LocalCodec.MAX_ARGUMENT_BYTES + 1})
  void encode_argumentsTooLong_isALimit(int bytes) {
    LocalCommit.Work old = work();
    var work =
        new LocalCommit.Work(
            old.record(),
            old.snapshot(),
            old.before(),
            old.count(),
            old.smallest(),
            old.readSet(),
            old.zeros(),
            Optional.of(new Mutation("put", new byte[bytes])));
    var made =
        new LocalRecord.Made(BASE, 0, work, new LocalRecord.Body.InSegments(List.of(SEGMENT)));
    assertThatExceptionOfType(GraftException.Limit.class)
        .isThrownBy(() -> LocalCodec.encode(made))
        .withMessageContaining("put");
  }
}
