package dev.graft.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdempotencyKey;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageIdx;
import dev.graft.protocol.page.PageSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RecordsTest {
  @Test
  void decode_eachRecord_equalsWhatWasWritten() {
    assertThat(VolumeRecord.decode("v", Samples.VOLUME, Samples.volume().encode()))
        .isEqualTo(Samples.volume());
    assertThat(VolumeRecord.decode("v", Samples.VOLUME, Samples.fork().encode()))
        .isEqualTo(Samples.fork());
    assertThat(VolumeRecord.decode("v", Samples.VOLUME, Samples.givenUp().encode()))
        .isEqualTo(Samples.givenUp());
    assertThat(Pin.decode("p", Samples.pin().parent(), Samples.VOLUME, Samples.pin().encode()))
        .isEqualTo(Samples.pin());
    assertThat(Rollup.decode("r", Samples.VOLUME, 0, 1, 2, Samples.rollup().encode()))
        .isEqualTo(Samples.rollup());
    assertThat(
            Checkpoint.decode(
                "c", Samples.VOLUME, Samples.CHECKPOINT, Samples.checkpoint().encode()))
        .isEqualTo(Samples.checkpoint());
    assertThat(StateRecord.decode("s", Samples.VOLUME, 3, Samples.state().encode()))
        .isEqualTo(Samples.state());
  }

  @Test
  void decode_theObjectOfAnotherPlace_isRefusedByName() {
    VolumeId other = new VolumeId(1, 1);
    assertCorrupt(
        () -> VolumeRecord.decode("volumes/a/volume", other, Samples.volume().encode()),
        "volumes/a/volume");
    Pin pin = Samples.pin();
    assertCorrupt(() -> Pin.decode("key-p", other, pin.child(), pin.encode()), "key-p");
    assertCorrupt(() -> Pin.decode("key-p", pin.parent(), other, pin.encode()), "key-p");
    assertCorrupt(() -> rollup(other, 0, 1, 2), "key-r");
    assertCorrupt(() -> rollup(Samples.VOLUME, 1, 1, 2), "key-r");
    assertCorrupt(() -> rollup(Samples.VOLUME, 0, 2, 2), "key-r");
    assertCorrupt(() -> rollup(Samples.VOLUME, 0, 1, 3), "key-r");
    assertCorrupt(
        () ->
            Checkpoint.decode(
                "key-c", Samples.VOLUME, new CheckpointId(1, 1), Samples.checkpoint().encode()),
        "key-c");
    assertCorrupt(
        () -> StateRecord.decode("key-s", Samples.VOLUME, 4, Samples.state().encode()), "key-s");
  }

  private static Rollup rollup(VolumeId volume, int generation, int level, long index) {
    return Rollup.decode("key-r", volume, generation, level, index, Samples.rollup().encode());
  }

  private static void assertCorrupt(ThrowingCallable call, String name) {
    assertThatThrownBy(call)
        .isInstanceOf(GraftException.Corrupt.class)
        .hasMessageStartingWith(name)
        .hasMessageContaining("at byte");
  }

  @Test
  void rollup_thatDoesNotHoldItsBlock_isRefused() {
    Rollup good = Samples.rollup();
    assertThatThrownBy(() ->
            new Rollup(
                good.volume(),
                0,
                1,
                3,
                good.first(),
                good.firstTime(),
                good.last(),
                good.lastTime(),
                good.root(),
                null))
        .isInstanceOf(GraftException.Misuse.class);
  }

  @Test
  void pin_childRecord_saysWhatThePinSays() {
    Pin pin = Samples.pin();
    assertThat(pin.childRecord()).isEqualTo(Samples.fork());
    assertThat(pin.childRecord().ancestors()).isEqualTo(Samples.ancestors());
    assertThat(Samples.volume().ancestors()).isEmpty();
  }

  @Test
  void pin_ofAnotherParentOrTheEmptyVolume_isRefused() {
    assertThatThrownBy(() -> pin(new VolumeId(4, 4), Samples.ancestors()))
        .isInstanceOf(GraftException.Misuse.class);
    VolumeRecord.Ancestor empty =
        new VolumeRecord.Ancestor(
            new VolumeId(5, 6), new Position(Lsn.ZERO, Samples.hash("record")));
    assertThatThrownBy(() -> pin(empty.volume(), List.of(empty)))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("empty volume");
    assertThatThrownBy(() -> pin(empty.volume(), List.of()))
        .isInstanceOf(GraftException.Limit.class);
    VolumeRecord.Ancestor first = Samples.ancestors().getFirst();
    List<VolumeRecord.Ancestor> tooMany =
        Collections.nCopies(VolumeRecord.MAX_ANCESTORS + 1, first);
    assertThatThrownBy(() -> pin(first.volume(), tooMany)).isInstanceOf(GraftException.Limit.class);
  }

  private static Pin pin(VolumeId parent, List<VolumeRecord.Ancestor> ancestors) {
    return new Pin(
        parent, Samples.VOLUME, Samples.TIME, Samples.PAGE_SIZE, Samples.CHECKPOINT, ancestors);
  }

  @Test
  void commit_thatBeginsAForkButIsNotTheFirst_isRefused() {
    RootPlace place = Samples.forkCommit().header().root();
    assertThatThrownBy(() -> Commit.of(Samples.draft(), place, SegmentTable.Inline.NONE))
        .isInstanceOf(GraftException.Misuse.class)
        .hasMessageContaining("only LSN 1");
  }

  @Test
  void state_listsOutOfOrderOrTooLong_areRefused() {
    assertThatThrownBy(() -> state(List.of(new Lsn(2), new Lsn(2))))
        .isInstanceOf(GraftException.Misuse.class);
    List<Lsn> tooMany =
        java.util.stream.LongStream.rangeClosed(1, StateRecord.MAX_LIST + 1)
            .mapToObj(Lsn::new)
            .toList();
    assertThatThrownBy(() -> state(tooMany)).isInstanceOf(GraftException.Limit.class);
  }

  private static StateRecord state(List<Lsn> kept) {
    return new StateRecord(
        Samples.VOLUME,
        1,
        0,
        Lsn.ZERO,
        Duration.ofDays(1),
        List.of(),
        kept,
        false,
        List.of(),
        Samples.TIME);
  }

  @Test
  void transaction_textsAndTimes_areHeldToTheirLimits() {
    assertThatThrownBy(() -> transaction("é".repeat(33), ""))
        .isInstanceOf(GraftException.Limit.class);
    assertThatThrownBy(() -> transaction("", "x".repeat(257)))
        .isInstanceOf(GraftException.Limit.class);
    assertThatThrownBy(() -> transaction("\uD800", "")).isInstanceOf(GraftException.Misuse.class);
    TransactionRecord record = transaction("é".repeat(32), "x".repeat(256));
    assertThat(record.localTime()).isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z"));
    assertThat(record.encodedBytes()).isEqualTo(16 + 32 + 8 + 1 + 64 + 2 + 256);
  }

  private static TransactionRecord transaction(String author, String message) {
    Instant time = Instant.parse("2026-01-01T00:00:00.123456Z");
    return new TransactionRecord(
        new IdempotencyKey(1, 2), Samples.hash("d"), time, author, message);
  }

  @Test
  void segmentTable_content_comesBack() {
    List<SegmentEntry> entries =
        List.of(SegmentEntry.of(Samples.segment()), SegmentEntry.of(Samples.segment()));
    byte[] content = SegmentTable.encodeContent(entries);
    assertThat(SegmentTable.decodeContent("table", content)).isEqualTo(entries);
  }

  @Test
  void contentDigest_anyPartChanged_isAnotherDigest() {
    Position snapshot = new Position(new Lsn(5), Samples.hash("five"));
    Set<Hash> digests = new HashSet<>();
    digests.add(digest(snapshot, 9, 8, null, PageSet.of(1), PageSet.empty(), 1));
    digests.add(
        digest(
            new Position(new Lsn(6), snapshot.hash()),
            9,
            8,
            null,
            PageSet.of(1),
            PageSet.empty(),
            1));
    digests.add(
        digest(
            new Position(new Lsn(5), Samples.hash("x")),
            9,
            8,
            null,
            PageSet.of(1),
            PageSet.empty(),
            1));
    digests.add(digest(snapshot, 10, 8, null, PageSet.of(1), PageSet.empty(), 1));
    digests.add(digest(snapshot, 9, 7, null, PageSet.of(1), PageSet.empty(), 1));
    digests.add(digest(snapshot, 9, 8, Lsn.ZERO, PageSet.of(1), PageSet.empty(), 1));
    digests.add(digest(snapshot, 9, 8, null, null, PageSet.empty(), 1));
    digests.add(digest(snapshot, 9, 8, null, PageSet.empty(), PageSet.of(1), 1));
    digests.add(digest(snapshot, 9, 8, null, PageSet.of(1), PageSet.empty(), 2));
    digests.add(digest(snapshot, 9, 8, null, PageSet.of(1), PageSet.empty(), 0));
    assertThat(digests).hasSize(10);
    // Pinned: a digest must be the same in every release and language.
    assertThat(digest(snapshot, 9, 8, null, PageSet.of(1), PageSet.of(2, 3), 2))
        .hasToString("d6be472c6939c49232dea41c11ea514ca7820bf5ad4c5c792e4e9ea21e2f7937");
  }

  @Test
  void contentDigest_pagesOutOfOrder_areRefused() {
    ContentDigest digest =
        new ContentDigest(
            new Position(Lsn.ZERO, Samples.hash("v")),
            PageCount.ZERO,
            PageCount.ZERO,
            null,
            null,
            PageSet.empty());
    digest.page(new PageIdx(3), Samples.hash("3"));
    assertThatThrownBy(() -> digest.page(new PageIdx(3), Samples.hash("3")))
        .isInstanceOf(GraftException.Misuse.class);
  }

  private static Hash digest(
      Position snapshot,
      long count,
      long smallest,
      @org.jspecify.annotations.Nullable Lsn revertTo,
      @org.jspecify.annotations.Nullable PageSet readSet,
      PageSet cleared,
      int pages) {
    ContentDigest digest =
        new ContentDigest(
            snapshot, new PageCount(count), new PageCount(smallest), revertTo, readSet, cleared);
    for (int page = 1; page <= pages; page++) {
      digest.page(new PageIdx(page), new byte[] {9, 9, (byte) page}, 2, 1);
    }
    return digest.finish();
  }
}
