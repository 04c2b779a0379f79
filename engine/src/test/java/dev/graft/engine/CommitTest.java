package dev.graft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.engine.FaultyObjectStore.Fault;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PassingStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.map.Maps;
import dev.graft.protocol.map.PageLookup;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RangeOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules 4.2, 4.3, 4.8 and 5.2: one commit lands once, whatever the store answers. */
class CommitTest {
  private final Stage stage = new Stage(1);
  private VolumeId volume = stage.newVolume();
  private Position base = stage.start(volume);

  @BeforeEach
  void begin() {
    volume = stage.newVolume();
    base = stage.start(volume);
  }

  @Test
  void commit_firstOne_isInTheLogWithItsGraft() {
    CommitOutcome.Committed done = committed(stage.engine.commit(request(1)));
    assertThat(done.position().lsn()).isEqualTo(new Lsn(1));
    assertThat(done.graft().from()).isEqualTo(base);
    assertThat(done.graft().upto()).isEqualTo(done.position());
    assertThat(stage.changes(volume, base).upto()).isEqualTo(done.position());
  }

  @Test
  void commit_answerLost_landsOnce() {
    stage.faulty.plan("/log/", Fault.ANSWER_LOST);
    landsOnce(request(1));
  }

  @Test
  void commit_ownWriteReportedAsTaken_isOurs() {
    // A transport that repeats a lost request answers "exists" for our own write.
    stage.faulty.plan("/log/", Fault.OWN_WRITE_REPORTED_AS_TAKEN);
    landsOnce(request(1));
  }

  @Test
  void commit_requestLostAndRefused_isTriedAgain() {
    stage.faulty.plan("/log/", Fault.REQUEST_LOST, Fault.REFUSED, Fault.REQUEST_LOST);
    landsOnce(request(1));
  }

  @Test
  void commit_answerLostAndItsRepeatRefused_isNotKnownAndThenFound() {
    for (Fault refusal : List.of(Fault.NO_ROOM, Fault.FORBIDDEN)) {
      begin();
      CommitRequest request = request(1);
      stage.faulty.plan("/log/", Fault.ANSWER_LOST, Fault.REFUSED, refusal);
      mayHaveLanded(stage.engine, request);
      assertThat(stage.faulty.faultsHit()).as("%s", refusal).isEqualTo(3);
      assertThat(stage.newEngine().log(volume, null, 10).head().lsn()).isEqualTo(new Lsn(1));
      landsOnce(request);
    }
  }

  @Test
  void commit_refusedBeforeAnythingMayHaveLanded_isRefused() {
    CommitRequest request = request(1);
    stage.faulty.plan("/log/", Fault.REFUSED, Fault.NO_ROOM, Fault.FORBIDDEN);
    assertThatThrownBy(() -> stage.engine.commit(request)).isInstanceOf(GraftException.Limit.class);
    assertThatThrownBy(() -> stage.engine.commit(request))
        .isInstanceOf(GraftException.Unauthorized.class);
    assertThat(stage.changes(volume, base).head()).isEqualTo(base);
    landsOnce(request);
  }

  @Test
  void commit_answerLostAndItsPlaceMayNotBeRead_isNotKnownAndThenFound() {
    stage.faulty.plan("/log/", Fault.ANSWER_LOST);
    CommitRequest request = request(1);
    Sealed sealed = new Sealed(stage.store, "/log/");
    mayHaveLanded(engineOn(sealed), request);
    assertThat(sealed.refused).isEqualTo(1);
    landsOnce(request);
  }

  @Test
  void commit_landedOnAnOldBaseAndTheStateMayNotBeRead_isNotKnownAndThenFound() {
    stage.clock.advance(Duration.ofDays(6));
    CommitRequest request = request(1);
    Sealed sealed = new Sealed(stage.store, "/state/");
    mayHaveLanded(engineOn(sealed), request);
    assertThat(sealed.refused).isEqualTo(1);
    landsOnce(request);
  }

  /** Takes puts, and from the first one on lets nobody read below a part of its keys. */
  private static final class Sealed extends PassingStore {
    private final String part;
    private boolean written;
    private int refused;

    Sealed(ObjectStore store, String part) {
      super(store);
      this.part = part;
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] bytes, Instant notAfter) {
      written = true;
      return super.putIfAbsent(key, bytes, notAfter);
    }

    private void look(String at) {
      if (written && at.contains(part)) {
        refused++;
        throw new GraftException.Unauthorized("the credentials have expired");
      }
    }

    @Override
    public GetOutcome get(ObjectKey key, long offset, int maxBytes) {
      look(key.value());
      return super.get(key, offset, maxBytes);
    }

    @Override
    public List<ObjectKey> list(String prefix, String startAfter, int maxKeys) {
      look(prefix);
      return super.list(prefix, startAfter, maxKeys);
    }
  }

  private EngineRemote engineOn(ObjectStore store) {
    return new EngineRemote(
        store, store, stage.concurrency, stage.ids, new Random(7), stage.options);
  }

  private static void mayHaveLanded(EngineRemote engine, CommitRequest request) {
    assertThatThrownBy(() -> engine.commit(request))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("not known")
        .hasMessageContaining("repeat the same request");
  }

  @Test
  void commit_putLandsAfterItsRetryDid_landsOnce() {
    stage.faulty.plan("/log/", Fault.DELAYED);
    landsOnce(request(1));
    assertThat(stage.faulty.landDelayed()).containsExactly(new PutOutcome.AlreadyExists());
    assertThat(stage.changes(volume, base).head().lsn()).isEqualTo(new Lsn(1));
  }

  @Test
  void commit_putLandsAfterItsUnknownAnswer_isFoundByTheSameRequest() {
    CommitRequest request = request(1);
    allTriesDelayed(request);
    stage.faulty.landDelayed();
    landsOnce(request);
  }

  @Test
  void commit_anotherTookTheLsnMeanwhile_isAFinalConflict() {
    CommitRequest request = request(1);
    allTriesDelayed(request);
    Position other = committed(stage.newEngine().commit(request(2))).position();
    assertThat(stage.faulty.landDelayed())
        .isNotEmpty()
        .allMatch(outcome -> outcome.equals(new PutOutcome.AlreadyExists()));
    Graft graft = conflict(stage.engine.commit(request));
    assertThat(graft.from()).isEqualTo(base);
    assertThat(graft.upto()).isEqualTo(other);
  }

  @Test
  void commit_taken_tellsWhatChangedSinceTheBase() {
    committed(stage.engine.commit(request(1)));
    Position base2 = stage.changes(volume, base).upto();
    Writes second = Writes.of(9, 9, 7, Writes.page(Stage.PAGE_SIZE, 2));
    Position head =
        committed(stage.engine.commit(second.inline(volume, Stage.PAGE_SIZE, base2, one())))
            .position();
    Graft graft = conflict(stage.newEngine().commit(request(3)));
    assertThat(graft.upto()).isEqualTo(head);
    assertThat(Maps.find(graft.root(), 7, new Oracle.Source(stage.engine)))
        .isInstanceOf(PageLookup.Found.class);
  }

  @Test
  void commit_sameRequestAgain_isTheSameCommit() {
    CommitRequest request = request(1);
    CommitOutcome.Committed first = committed(stage.engine.commit(request));
    stage.clock.advance(Duration.ofHours(1));
    CommitOutcome.Committed again = committed(stage.newEngine().commit(request));
    assertThat(again.position()).isEqualTo(first.position());
    assertThat(again.time()).isEqualTo(first.time());
  }

  @Test
  void commit_someOfItsTransactionsLanded_isMisuse() {
    TransactionRecord a = Writes.transaction(stage.ids, stage.clock.instant());
    TransactionRecord b = Writes.transaction(stage.ids, stage.clock.instant());
    committed(stage.engine.commit(request(1, List.of(a))));
    misuse(request(1, List.of(a, b)));
    misuse(request(1, List.of(b, a)));
  }

  @Test
  void commit_otherOrder_isMisuse() {
    TransactionRecord a = Writes.transaction(stage.ids, stage.clock.instant());
    TransactionRecord b = Writes.transaction(stage.ids, stage.clock.instant());
    committed(stage.engine.commit(request(1, List.of(a, b))));
    misuse(request(1, List.of(b, a)));
  }

  @Test
  void commit_sameKeyWithAnotherDigest_isMisuse() {
    TransactionRecord a = Writes.transaction(stage.ids, stage.clock.instant());
    committed(stage.engine.commit(request(1, List.of(a))));
    TransactionRecord other =
        new TransactionRecord(
            a.key(), Hash.sha256(new byte[] {2}), a.localTime(), a.author(), a.message());
    misuse(request(1, List.of(other)));
  }

  @Test
  void commit_baseOfAnotherHistory_isDiverged() {
    committed(stage.engine.commit(request(1)));
    base = new Position(new Lsn(1), Hash.sha256(new byte[] {9}));
    diverged(request(2));
    base = new Position(Lsn.ZERO, Hash.sha256(new byte[] {9}));
    diverged(request(2));
    base = new Position(new Lsn(5), Hash.sha256(new byte[] {9}));
    diverged(request(2));
  }

  @Test
  void commit_baseBeyondEveryLsn_isDivergedWithTheTruth() {
    committed(stage.engine.commit(request(1)));
    for (long lsn : new long[] {-1, -2, Long.MAX_VALUE, Long.MIN_VALUE}) {
      base = new Position(new Lsn(lsn), Hash.sha256(new byte[] {9}));
      Writes writes = Writes.of(9, 9, 7, Writes.page(Stage.PAGE_SIZE, 2));
      CommitRequest request = writes.inline(volume, Stage.PAGE_SIZE, base, one());
      assertThat(request.snapshot()).isEqualTo(base.lsn());
      assertThatThrownBy(() -> stage.engine.commit(request))
          .isInstanceOf(GraftException.Diverged.class)
          .hasMessage("commit " + base + " is not in " + volume + ", whose log ends before it");
    }
  }

  @Test
  void commit_clockBehindTheParent_takesTheParentsTime() {
    CommitOutcome.Committed first = committed(stage.engine.commit(request(1)));
    stage.clock.advance(Duration.ofHours(-1));
    base = first.position();
    CommitOutcome.Committed second = committed(stage.engine.commit(request(2)));
    assertThat(second.time()).isEqualTo(first.time());
  }

  @Test
  void commit_segmentTooOldAtLast_neverLands() {
    Writes writes = Writes.of(9, 0, 3, Writes.page(Stage.PAGE_SIZE, 3));
    CommitRequest request = uploaded(writes);
    allTriesDelayed(request);
    Instant made = stage.faulty.puts().getLast().notAfter().minus(Duration.ofHours(24));
    assertThat(Duration.between(made, stage.clock.instant())).isLessThan(Duration.ofMinutes(1));
    stage.clock.advance(Duration.ofHours(25));
    // From here on nobody promises that the segment is still there.
    assertThat(stage.faulty.landDelayed())
        .isNotEmpty()
        .allMatch(outcome -> outcome.equals(new PutOutcome.TooLate()));
    assertThatThrownBy(() -> stage.engine.commit(request))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("did not land and will not")
        .hasMessageContaining("upload them anew");
    assertThat(stage.changes(volume, null).head()).isEqualTo(base);
  }

  @Test
  void commit_landedInTimeAndAskedAgainMuchLater_isFound() {
    Writes writes = Writes.of(9, 0, 3, Writes.page(Stage.PAGE_SIZE, 3));
    CommitRequest request = uploaded(writes);
    allTriesDelayed(request);
    stage.faulty.landDelayed();
    stage.clock.advance(Duration.ofHours(25));
    landsOnce(request);
  }

  @Test
  void commit_inlineFrames_areStampedWithTheirOwnCommit() {
    CommitOutcome.Committed first = committed(stage.engine.commit(request(1)));
    base = first.position();
    CommitOutcome.Committed second = committed(stage.engine.commit(request(2)));
    FrameRef one = frameOf(first.graft());
    FrameRef two = frameOf(second.graft());
    byte[] bytes = read(two);
    Frame frame = Frame.decode(bytes, 0, bytes.length, two);
    assertThat(frame.header().owner()).isEqualTo(new FrameOwner.InCommit(volume, new Lsn(2)));
    // A frame of another commit in its place, whole and valid, is refused.
    byte[] wrong = read(one);
    FrameRef asked = new FrameRef(two.owner(), two.number(), two.offsetBytes(), wrong.length);
    assertThatThrownBy(() -> Frame.decode(wrong, 0, wrong.length, asked))
        .isInstanceOf(GraftException.Corrupt.class);
  }

  @Test
  void commit_damagedFrame_isMisuse() {
    CommitRequest request = request(1);
    byte[] frame = ((CommitRequest.Content.Inline) request.content()).frames().getFirst();
    frame[frame.length / 2] ^= 1;
    misuse(request);
  }

  @Test
  void commit_pageAboveTheCount_isMisuse() {
    misuse(
        Writes.of(9, 0, 10, Writes.page(Stage.PAGE_SIZE, 1))
            .inline(volume, Stage.PAGE_SIZE, base, one()));
  }

  @Test
  void commit_readLaterThanItsBase_isMisuse() {
    CommitRequest good = request(1);
    misuse(
        new CommitRequest(
            volume, base, new Lsn(1), good.count(), good.smallest(), one(), good.content()));
  }

  @Test
  void commit_mapTooLargeForAHeader_goesIntoASegment() {
    Writes writes = scattered();
    Oracle oracle = new Oracle(Stage.PAGE_SIZE, base);
    HistoryModelTest.apply(stage, volume, oracle, writes, false);
    assertThat(stage.faulty.puts())
        .anyMatch(put -> put.key().value().contains("/segments/"))
        .last()
        .matches(put -> put.notAfter().isBefore(Instant.MAX));
    oracle.check("large map", stage.changes(volume, null), 0, 1, stage.newEngine());
  }

  @Test
  void commit_mapTooLargeAndTaken_takesItsSegmentAway() {
    committed(stage.engine.commit(request(1)));
    Writes writes = scattered();
    conflict(stage.engine.commit(writes.inline(volume, Stage.PAGE_SIZE, base, one())));
    assertThat(stage.faulty.deleted()).hasSize(1);
    assertThat(stage.faulty.deleted().getFirst().value()).contains("/segments/");
  }

  @Test
  void commit_mapTooLargeAndTooLate_takesItsSegmentAway() {
    stage.faulty.beforePut("/log/", () -> stage.clock.advance(Duration.ofHours(25)));
    CommitRequest request = scattered().inline(volume, Stage.PAGE_SIZE, base, one());
    assertThatThrownBy(() -> stage.engine.commit(request))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("did not land and will not");
    assertThat(stage.faulty.deleted()).hasSize(1);
    assertThat(stage.faulty.deleted().getFirst().value()).contains("/segments/");
    assertThat(stage.changes(volume, null).head()).isEqualTo(base);
  }

  @Test
  void commit_noPagesAtAll_changesTheCount() {
    committed(stage.engine.commit(request(1)));
    base = stage.changes(volume, base).upto();
    CommitRequest shrink =
        new Writes(2, 2)
            .request(
                volume, base, one(), new CommitRequest.Content.Inline(List.of(), PageSet.empty()));
    assertThat(committed(stage.engine.commit(shrink)).graft().root().count())
        .isEqualTo(new PageCount(2));
  }

  /** Few bytes of pages, whose places take more than a header has room for. */
  private Writes scattered() {
    Writes writes = new Writes(1_000_000, 0);
    for (long page = 1; page <= 1_000_000; page += 1 + stage.random.nextInt(1_000)) {
      writes.pages.put(page, Writes.page(Stage.PAGE_SIZE, page));
    }
    return writes;
  }

  private List<TransactionRecord> one() {
    return List.of(Writes.transaction(stage.ids, stage.clock.instant()));
  }

  private CommitRequest request(int tag) {
    return request(tag, one());
  }

  private CommitRequest request(int tag, List<TransactionRecord> transactions) {
    long smallest = base.lsn().equals(Lsn.ZERO) ? 0 : 9;
    return Writes.of(9, smallest, 1 + tag % 9, Writes.page(Stage.PAGE_SIZE, tag))
        .inline(volume, Stage.PAGE_SIZE, base, transactions);
  }

  private CommitRequest uploaded(Writes writes) {
    Writes.InSegment segment =
        writes.segment(volume, Stage.PAGE_SIZE, stage.ids.newSegmentId(stage.clock.instant()));
    stage.engine.upload(volume, segment.segment().id(), segment.segment().bytes());
    return writes.segments(volume, base, one(), segment);
  }

  /** The request gives up not knowing what became of it; all its tries are on their way. */
  private void allTriesDelayed(CommitRequest request) {
    Fault[] faults = new Fault[1_000];
    Arrays.fill(faults, Fault.DELAYED);
    stage.faulty.plan("/log/", faults);
    assertThatThrownBy(() -> stage.engine.commit(request))
        .isInstanceOf(GraftException.Unavailable.class)
        .hasMessageContaining("repeat the same request");
    stage.faulty.forgetPlan();
  }

  private void landsOnce(CommitRequest request) {
    CommitOutcome.Committed done = committed(stage.engine.commit(request));
    assertThat(done.position().lsn()).isEqualTo(new Lsn(1));
    assertThat(stage.changes(volume, base).head()).isEqualTo(done.position());
  }

  private static CommitOutcome.Committed committed(CommitOutcome outcome) {
    assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
    return (CommitOutcome.Committed) outcome;
  }

  private static Graft conflict(CommitOutcome outcome) {
    assertThat(outcome).isInstanceOf(CommitOutcome.Conflict.class);
    return ((CommitOutcome.Conflict) outcome).graft();
  }

  private void misuse(CommitRequest request) {
    assertThatThrownBy(() -> stage.engine.commit(request))
        .isInstanceOf(GraftException.Misuse.class);
  }

  private void diverged(CommitRequest request) {
    assertThatThrownBy(() -> stage.engine.commit(request))
        .isInstanceOf(GraftException.Diverged.class);
  }

  private FrameRef frameOf(Graft graft) {
    for (long page = 1; page <= 9; page++) {
      if (Maps.find(graft.root(), page, new Oracle.Source(stage.engine))
          instanceof PageLookup.Found(FrameRef frame, boolean hot)) {
        return frame;
      }
    }
    throw new AssertionError("no frame");
  }

  private byte[] read(FrameRef frame) {
    return ((RangeOutcome.Found)
            stage.engine.readRange(frame.owner(), frame.offsetBytes(), frame.lengthBytes()))
        .bytes();
  }
}
