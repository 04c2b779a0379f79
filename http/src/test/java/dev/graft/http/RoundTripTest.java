package dev.graft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
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
import dev.graft.protocol.map.RootBuilder;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CommitRequest.Content;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.VolumeState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values drawn by seed come back as they went. */
class RoundTripTest {
  private static final int TRIALS = 60;

  /** Looking into every field takes long; the bytes are looked at every time. */
  private static final int LOOKED_INTO = 8;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  private <T> void comesBack(Message<T> message, Supplier<T> drawn) {
    for (int trial = 0; trial < TRIALS; trial++) {
      T value = drawn.get();
      byte[] json = message.encode(value);
      T again = message.decode(json);
      if (trial < LOOKED_INTO) {
        assertThat(again).as("seed %d", seed).usingRecursiveComparison().isEqualTo(value);
      }
      assertThat(message.encode(again)).as("seed %d", seed).isEqualTo(json);
    }
  }

  @Test
  void grafts() {
    comesBack(Messages.graft(), this::graft);
  }

  @Test
  void changesRequests() {
    VolumeId volume = volume();
    comesBack(
        Messages.changesRequest(volume),
        () ->
            new ChangesRequest(
                volume,
                random.nextBoolean() ? position() : null,
                switch (random.nextInt(3)) {
                  case 0 -> new Until.Head();
                  case 1 -> new Until.AtLsn(lsn());
                  default -> new Until.AtTime(time());
                },
                random.nextBoolean()));
  }

  @Test
  void commitRequests() {
    VolumeId volume = volume();
    comesBack(
        Messages.commitRequest(volume),
        () ->
            new CommitRequest(
                volume, position(), lsn(), count(), count(), transactions(), content(volume)));
  }

  @Test
  void commitOutcomes() {
    comesBack(Messages.committed(), () -> new CommitOutcome.Committed(position(), time(), graft()));
    comesBack(Messages.problem(), () -> Problem.of(new CommitOutcome.Conflict(graft())));
  }

  @Test
  void logPages() {
    comesBack(
        Messages.logPage(),
        () -> new LogAnswer(new LogPage(position(), lsn(), entries()), random.nextBoolean()));
  }

  @Test
  void states() {
    comesBack(
        Messages.volumeState(),
        () ->
            new VolumeState(
                volume(),
                random.nextLong(),
                lsn(),
                Duration.ofMillis(random.nextLong(1L << 42)),
                many(20, this::lsn),
                many(20, this::lsn),
                many(20, this::volume),
                random.nextBoolean()));
  }

  @Test
  void problems_ofEveryCode_areTheSameFailure() {
    for (GraftException.Code code : GraftException.Code.values()) {
      Problem problem = Problem.of(code, Problem.usualStatus(code), "why " + text(5000));
      Problem again = Messages.problem().decode(Messages.problem().encode(problem));
      assertThat(again).as("seed %d", seed).isEqualTo(problem);
      assertThat(again.toException().code()).isEqualTo(code);
      assertThat(again.toException()).hasMessage(problem.detail());
    }
  }

  private Graft graft() {
    return new Graft(
        volume(),
        PageSize.ofLog2(9 + random.nextInt(8)),
        position(),
        position(),
        time(),
        position(),
        root(),
        many(
            4,
            () -> {
              byte[] bytes = bytes(1 + random.nextInt(300));
              return new Graft.CarriedFrame(
                  new FrameRef(
                      owner(), random.nextInt(65_536), random.nextInt(1 << 20), bytes.length),
                  bytes);
            }),
        time());
  }

  private Root root() {
    long pages = 1 + random.nextInt(1 << 20);
    RootBuilder builder =
        Root.builder(new PageCount(pages), new PageCount(random.nextLong(pages + 1)));
    VolumeId volume = volume();
    Set<Long> drawn = new TreeSet<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      drawn.add(1 + random.nextLong(pages));
    }
    int number = 0;
    for (long page : drawn) {
      FrameOwner owner = new FrameOwner.InSegment(volume, segment());
      builder.addFrame(
          new FrameRef(owner, number++, random.nextInt(1 << 20), 1 + random.nextInt(9999)),
          random.nextBoolean(),
          PageSet.of(page));
    }
    return builder.build();
  }

  private Content content(VolumeId volume) {
    return switch (random.nextInt(4)) {
      case 0 ->
          new Content.Inline(
              many(5, () -> bytes(random.nextInt(5000))),
              random.nextBoolean()
                  ? PageSet.empty()
                  : PageSet.ofRange(1 + random.nextInt(99), 100 + random.nextInt(99)));
      case 1 ->
          new Content.Segments(
              new RootPlace.Inline(root()), new SegmentTable.Inline(many(16, this::entry)));
      case 2 ->
          new Content.Segments(
              new RootPlace.InFrame(frameOf(volume), hash()),
              new SegmentTable.External(entry(), frameOf(volume), hash()));
      default -> new Content.Revert(lsn());
    };
  }

  private FrameRef frameOf(VolumeId volume) {
    return new FrameRef(
        new FrameOwner.InSegment(volume, segment()),
        random.nextInt(65_536),
        random.nextInt(1 << 20),
        1 + random.nextInt(1 << 20));
  }

  private List<LogPage.Entry> entries() {
    return many(
        12,
        () ->
            new LogPage.Entry(
                position(),
                time(),
                lsn(),
                count(),
                random.nextBoolean() ? -1 : random.nextLong(1L << 32),
                transactions()));
  }

  private List<TransactionRecord> transactions() {
    List<TransactionRecord> all = new ArrayList<>(many(8, this::transaction));
    all.add(transaction());
    return all;
  }

  private TransactionRecord transaction() {
    return new TransactionRecord(
        new IdempotencyKey(random.nextLong(), random.nextLong()),
        hash(),
        Instant.ofEpochMilli(random.nextLong(1L << 42)),
        text(16),
        text(60));
  }

  private <T> List<T> many(int most, Supplier<T> one) {
    return IntStream.range(0, random.nextInt(most + 1)).mapToObj(i -> one.get()).toList();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private VolumeId volume() {
    return new VolumeId(random.nextLong(), random.nextLong());
  }

  private SegmentId segment() {
    return new SegmentId(random.nextLong(), random.nextLong());
  }

  private FrameOwner owner() {
    return random.nextBoolean()
        ? new FrameOwner.InSegment(volume(), segment())
        : new FrameOwner.InCommit(volume(), lsn());
  }

  private SegmentEntry entry() {
    return new SegmentEntry(segment(), 1 + random.nextInt(1 << 20), hash());
  }

  private Lsn lsn() {
    return new Lsn(random.nextLong() >>> random.nextInt(64));
  }

  private PageCount count() {
    return new PageCount(random.nextLong(1L << 32));
  }

  private Hash hash() {
    return Hash.of(bytes(32));
  }

  private Position position() {
    return new Position(lsn(), hash());
  }

  private Instant time() {
    return Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000));
  }

  /** Any characters, also those that JSON escapes and those beside the first plane. */
  private String text(int most) {
    int[] odd = {'"', '\\', '/', 0, 0x1F, 0x7F, 0xE9, 0x2028, 0xFFFF, 0x1F600, 'a', 'b', ' '};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1) / 4; i > 0; i--) {
      text.appendCodePoint(odd[random.nextInt(odd.length)]);
    }
    return text.toString();
  }
}
