package dev.graft.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Transaction;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.http.Headers;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.IdSource;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.TransactionRecord;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.VolumeInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every request over real HTTP, with everything that can go wrong on the way. */
@Timeout(30)
class HttpRemoteTest {
  private static final PageSize SIZE = new PageSize(512);

  private final SkippingConcurrency concurrency = new SkippingConcurrency();
  private final IdSource ids = new RandomIdSource(new Random(11));
  private final MemoryObjectStore store = new MemoryObjectStore(concurrency);
  private final EngineRemote engine =
      new EngineRemote(store, store, concurrency, ids, new Random(5), EngineOptions.DEFAULT);
  private final VolumeId volume = ids.newVolumeId();
  private final HeldTokens tokens = new HeldTokens("usual-token");
  private HttpFace face = start();
  private HttpRemote remote = remote(HttpOptions.DEFAULT);
  private VolumeInfo info = remote.createVolume(new CreateVolume(volume, SIZE));

  private HttpFace start() {
    try {
      return new HttpFace(engine, this::object);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRemote remote(HttpOptions options) {
    return new HttpRemote(
        face.address(), new UrlTransport(concurrency), tokens, concurrency, new Random(3), options);
  }

  private byte @Nullable [] object(FrameOwner owner) {
    ObjectKey key = new ObjectKey(Route.of(owner).path().substring("/v1/".length()));
    return store.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found
        ? found.bytes()
        : null;
  }

  @BeforeEach
  void forget() {
    face.asked.clear();
  }

  @AfterEach
  void stop() {
    remote.close();
    face.close();
    engine.close();
  }

  private Position zero() {
    return new Position(Lsn.ZERO, info.recordHash());
  }

  private CommitRequest request(Position base, int seed) {
    byte[] page = new byte[SIZE.bytes()];
    new Random(seed).nextBytes(page);
    byte[] frame =
        Frame.encodePages(
            new FrameOwner.InCommit(volume, Lsn.ZERO),
            0,
            false,
            SIZE,
            PageRuns.of(1, 1),
            page,
            0,
            page.length);
    return new CommitRequest(
        volume,
        base,
        base.lsn(),
        new PageCount(1),
        new PageCount(base.lsn().equals(Lsn.ZERO) ? 0 : 1),
        List.of(
            new TransactionRecord(
                ids.newIdempotencyKey(), Hash.sha256(page), Instant.EPOCH, "ada", "")),
        new CommitRequest.Content.Inline(List.of(frame), PageSet.empty()));
  }

  private CommitOutcome.Committed commit(Position base, int seed) {
    return (CommitOutcome.Committed) remote.commit(request(base, seed));
  }

  private static Fault[] passing() {
    return new Fault[] {
      new Fault.DropBefore(),
      new Fault.DropAfter(),
      new Fault.Status(500, 0),
      new Fault.Status(502, 0),
      new Fault.Status(503, 0),
      new Fault.Status(504, 0),
      new Fault.Status(429, 0),
      new Fault.DoneButStatus(504),
      new Fault.Truncated(),
      new Fault.Garbage()
    };
  }

  @Test
  void commit_answerLostInEveryWay_isFoundAgainAsOwn() {
    Position head = zero();
    int seed = 0;
    for (Fault fault : passing()) {
      face.planned(fault);
      int faults = face.faults.get();
      CommitOutcome.Committed committed = commit(head, seed++);
      assertThat(face.faults.get()).as("%s", fault).isEqualTo(faults + 1);
      assertThat(committed.position().lsn()).as("%s", fault).isEqualTo(head.lsn().next());
      head = committed.position();
    }
    assertThat(engine.log(volume, null, 1000).commits()).hasSize(passing().length);
    assertThat(remote.counts().repeats()).isEqualTo(passing().length);
  }

  @Test
  void commit_everyFaultInARow_isStillOne() {
    face.planned(passing());
    CommitOutcome.Committed committed = commit(zero(), 1);
    assertThat(committed.position().lsn()).isEqualTo(new Lsn(1));
    assertThat(face.faults.get()).isEqualTo(passing().length);
    assertThat(engine.log(volume, null, 10).commits()).hasSize(1);
  }

  @Test
  void commit_doneUnheardAndThenRefused_isNotKnown() {
    for (Fault refusal : List.of(new Fault.Status(429, 0), new Fault.Status(401, 0))) {
      int before = engine.log(volume, null, 10).commits().size();
      CommitRequest mine = request(engine.log(volume, null, 1).head(), before);
      AtomicInteger sent = new AtomicInteger();
      face.plan = route -> sent.incrementAndGet() == 1 ? new Fault.DropAfter() : refusal;
      assertThatExceptionOfType(GraftException.Unavailable.class)
          .as("%s", refusal)
          .isThrownBy(() -> remote.commit(mine))
          .withMessageContaining("may be done");
      assertThat(sent.get()).isGreaterThan(1);
      assertThat(engine.log(volume, null, 10).commits()).hasSize(before + 1);
      face.plan = route -> new Fault.None();
      assertThat(remote.commit(mine)).isInstanceOf(CommitOutcome.Committed.class);
      assertThat(engine.log(volume, null, 10).commits()).hasSize(before + 1);
    }
  }

  @Test
  void commit_lostAndOvertaken_isFoundBelowTheHead() {
    CommitRequest mine = request(zero(), 1);
    Position[] after = new Position[1];
    face.plan =
        route -> {
          if (after[0] == null && route instanceof Route.Commits) {
            var committed = (CommitOutcome.Committed) engine.commit(mine);
            after[0] = committed.position();
            engine.commit(request(committed.position(), 2));
            face.faults.incrementAndGet();
            return new Fault.Status(502, 0);
          }
          return new Fault.None();
        };
    var committed = (CommitOutcome.Committed) remote.commit(mine);
    assertThat(committed.position()).isEqualTo(after[0]);
  }

  @Test
  void commit_overtaken_isAConflictWithTheGraft() {
    commit(zero(), 1);
    CommitOutcome outcome = remote.commit(request(zero(), 2));
    assertThat(outcome).isInstanceOf(CommitOutcome.Conflict.class);
    assertThat(((CommitOutcome.Conflict) outcome).graft().upto().lsn()).isEqualTo(new Lsn(1));
    assertThat(remote.counts().repeats()).isZero();
  }

  @Test
  void everyCall_faultOnTheWay_isRepeated() {
    Position first = commit(zero(), 1).position();
    VolumeId child = ids.newVolumeId();
    Segment segment = segment(1);
    List<Runnable> calls =
        List.of(
            () -> assertThat(remote.volume(volume)).isEqualTo(info),
            () -> remote.createVolume(new CreateVolume(volume, SIZE)),
            () ->
                assertThat(
                        remote.changesSince(
                            new ChangesRequest(
                                volume, zero(), new ChangesRequest.Until.Head(), true)))
                    .isInstanceOf(ChangesOutcome.Changed.class),
            () -> assertThat(remote.log(volume, null, 10).commits()).hasSize(1),
            () -> assertThat(remote.state(volume)).isEqualTo(engine.state(volume)),
            () -> remote.upload(volume, segment.id(), segment.bytes()),
            () -> remote.fork(new ForkRequest(volume, first, child)),
            () -> assertThat(remote.waiting(volume)).isEqualTo(engine.waiting(volume)),
            () ->
                assertThat(remote.readRange(new FrameOwner.InCommit(volume, first.lsn()), 0, 64))
                    .isInstanceOf(RangeOutcome.Found.class));
    for (Runnable call : calls) {
      for (Fault fault : passing()) {
        face.planned(fault);
        int faults = face.faults.get();
        call.run();
        assertThat(face.faults.get()).isEqualTo(faults + 1);
      }
    }
  }

  private Segment segment(int bytes) {
    byte[] raw = new byte[64 * 512];
    SegmentId id = ids.newSegmentId(concurrency.instant());
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(volume, id, SIZE, encoder);
      Random random = new Random(9);
      for (long page = 1; writer.lengthBytes() < bytes || page == 1; page += 64) {
        random.nextBytes(raw);
        writer.addPages(false, PageRuns.of(page, 64), raw, 0, raw.length);
      }
      return writer.finish();
    }
  }

  @Test
  void upload_aboveTheLimit_goesToTheStoreAndStandsAFaultAtEachHop() {
    Segment segment = segment(3 << 20);
    face.planned(
        new Fault.Status(503, 0), new Fault.None(), new Fault.DropBefore(), new Fault.DropAfter());
    var receipt = remote.upload(volume, segment.id(), segment.bytes());
    assertThat(receipt.entry().sha256()).isEqualTo(segment.sha256());
    assertThat(object(new FrameOwner.InSegment(volume, segment.id()))).isEqualTo(segment.bytes());
    // Two were lost, the third was told that it is there already.
    assertThat(face.puts.get()).isEqualTo(2);
    assertThat(face.faults.get()).isEqualTo(3);
    assertThat(face.asked).containsOnly(new Route.Uploads(volume));
    remote.upload(volume, segment.id(), segment.bytes());
    assertThat(face.puts.get()).isEqualTo(3);
  }

  @Test
  void upload_addressRefused_asksForAnother() {
    Segment segment = segment(2 << 20);
    face.planned(new Fault.None(), new Fault.Status(403, 0));
    remote.upload(volume, segment.id(), segment.bytes());
    assertThat(face.asked).hasSize(2);
    face.plan = route -> route == null ? new Fault.Status(403, 0) : new Fault.None();
    Segment other = segment(2 << 20);
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> remote.upload(volume, other.id(), other.bytes()))
        .withMessageContaining(other.id().toString());
  }

  @Test
  void upload_notASegment_isMisuseAndSendsNothing() {
    SegmentId id = ids.newSegmentId(concurrency.instant());
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> remote.upload(volume, id, new byte[2 << 20]));
    assertThat(face.asked).isEmpty();
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> remote.upload(volume, id, new byte[1000]));
  }

  @Test
  void readRange_everyRightAnswer_isTheAskedBytes() {
    Segment segment = segment(900_000);
    remote.upload(volume, segment.id(), segment.bytes());
    FrameOwner owner = new FrameOwner.InSegment(volume, segment.id());
    int length = segment.bytes().length;
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int trial = 0; trial < 60; trial++) {
      int offset = random.nextInt(length - 1);
      int count = 1 + random.nextInt(Math.min(200_000, length - offset));
      face.planned(
          switch (trial % 6) {
            case 0 -> new Fault.None();
            case 1 -> new Fault.Whole();
            case 2 -> new Fault.Larger(random.nextInt(70_000));
            case 3 -> new Fault.Shorter(1 + random.nextInt(count));
            case 4 -> new Fault.WrongRange();
            default -> new Fault.Truncated();
          });
      var found = (RangeOutcome.Found) remote.readRange(owner, offset, count);
      assertThat(found.bytes())
          .as("seed %d trial %d", seed, trial)
          .isEqualTo(Arrays.copyOfRange(segment.bytes(), offset, offset + count));
    }
    assertThat(face.faults.get()).isEqualTo(50);
  }

  @Test
  void readRange_answersInSmallPieces_asksOn() {
    Segment segment = segment(300_000);
    remote.upload(volume, segment.id(), segment.bytes());
    face.asked.clear();
    face.plan = route -> new Fault.Shorter(40_000);
    var found =
        (RangeOutcome.Found)
            remote.readRange(new FrameOwner.InSegment(volume, segment.id()), 10, 200_000);
    assertThat(found.bytes()).isEqualTo(Arrays.copyOfRange(segment.bytes(), 10, 200_010));
    assertThat(face.asked).hasSize(5);
    assertThat(remote.counts().repeats()).isZero();
  }

  @Test
  void readRange_missing_isMissingAtOnce() {
    FrameOwner owner = new FrameOwner.InCommit(volume, new Lsn(99));
    assertThat(remote.readRange(owner, 0, 10)).isEqualTo(new RangeOutcome.Missing());
    assertThat(face.asked).hasSize(1);
  }

  @Test
  void readRange_beyondTheEnd_isCorruptAtOnce() {
    Segment segment = segment(1);
    remote.upload(volume, segment.id(), segment.bytes());
    FrameOwner owner = new FrameOwner.InSegment(volume, segment.id());
    int length = segment.bytes().length;
    for (long offset : new long[] {length - 1, length, length + 100}) {
      assertThatExceptionOfType(GraftException.Corrupt.class)
          .isThrownBy(() -> remote.readRange(owner, offset, 10))
          .withMessageContaining(segment.id().toString());
    }
    face.planned(new Fault.Whole());
    assertThatExceptionOfType(GraftException.Corrupt.class)
        .isThrownBy(() -> remote.readRange(owner, length - 1, 10));
    assertThat(remote.counts().repeats()).isZero();
  }

  @Test
  void log_cutPages_areAskedOn() {
    Position head = zero();
    for (int i = 0; i < 10; i++) {
      head = commit(head, i).position();
    }
    face.asked.clear();
    face.logCommits = 3;
    assertThat(remote.log(volume, null, 1000)).isEqualTo(engine.log(volume, null, 1000));
    assertThat(face.asked).hasSize(4);
    assertThat(remote.log(volume, new Lsn(7), 5)).isEqualTo(engine.log(volume, new Lsn(7), 5));
  }

  @Test
  void changesSince_otherHistory_isDiverged() {
    Position wrong = new Position(Lsn.ZERO, Hash.sha256(new byte[1]));
    var request = new ChangesRequest(volume, wrong, new ChangesRequest.Until.Head(), false);
    assertThat(remote.changesSince(request)).isEqualTo(engine.changesSince(request));
  }

  @Test
  void failures_ofEveryKind_areTheSameAsInProcess() {
    VolumeId unknown = ids.newVolumeId();
    assertThatExceptionOfType(GraftException.NotFound.class)
        .isThrownBy(() -> remote.volume(unknown))
        .withMessageContaining(unknown.toString());
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> remote.log(volume, null, 0));
    assertThatExceptionOfType(GraftException.Misuse.class)
        .isThrownBy(() -> remote.createVolume(new CreateVolume(volume, new PageSize(1024))));
    assertThat(remote.counts().repeats()).isZero();
  }

  @Test
  void token_wrongOrMissing_isUnauthorizedAtOnce() {
    face.token = "usual-token";
    remote.volume(volume);
    face.token = "another";
    assertThatExceptionOfType(GraftException.Unauthorized.class)
        .isThrownBy(() -> remote.volume(volume));
    assertThatExceptionOfType(GraftException.Unauthorized.class)
        .isThrownBy(() -> remote.readRange(new FrameOwner.InCommit(volume, new Lsn(1)), 0, 9));
    HttpRemote without =
        new HttpRemote(
            face.address(),
            new UrlTransport(concurrency),
            new HeldTokens(null),
            concurrency,
            new Random(1),
            HttpOptions.DEFAULT);
    assertThatExceptionOfType(GraftException.Unauthorized.class)
        .isThrownBy(() -> without.volume(volume))
        .withMessageContaining("GRAFT_TOKEN");
    assertThat(remote.counts().repeats() + without.counts().repeats()).isZero();
  }

  @Test
  void fork_answerWithAToken_isShownForTheChildOnly() {
    Position first = commit(zero(), 1).position();
    face.token = "usual-token";
    face.childToken = "child-token";
    VolumeId child = ids.newVolumeId();
    remote.fork(new ForkRequest(volume, first, child));
    remote.volume(volume);
    face.token = "child-token";
    assertThat(remote.volume(child).volume()).isEqualTo(child);
    assertThat(tokens.toString()).doesNotContain("token");
  }

  @Test
  void headers_ofARequest_areThoseOfTheContract() {
    remote.volume(volume);
    assertThat(face.lastHeaders.getFirst(Headers.TOKEN)).isEqualTo("usual-token");
    assertThat(Headers.isRequestName(face.lastHeaders.getFirst(Headers.REQUEST))).isTrue();
    assertThat(face.lastHeaders.getFirst(Headers.CONTENT_TYPE)).isEqualTo(Headers.JSON);
    assertThat(face.lastHeaders.getFirst(Headers.CONTENT_SHA256))
        .isEqualTo(Hash.sha256("{}".getBytes()).toString());
    assertThat(face.lastHeaders.get("accept-encoding")).isNull();
    assertThat(face.lastHeaders.get("authorization")).isNull();
    assertThat(remote.serverTime()).isPresent();
  }

  @Test
  void deadline_faultsThatStay_areTheLastOneAfterIt() {
    face.plan = route -> new Fault.Status(503, 0);
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> remote.volume(volume))
        .withMessageContaining("503");
    assertThat(concurrency.skipped()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(31));
    assertThat(face.asked.size()).isBetween(8, 60);
    face.plan = route -> new Fault.Status(429, 0);
    assertThatExceptionOfType(GraftException.Limit.class).isThrownBy(() -> remote.volume(volume));
  }

  @Test
  void retryAfter_isHonoured() {
    face.planned(new Fault.Status(503, 7));
    remote.volume(volume);
    assertThat(concurrency.skipped()).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(8));
    face.planned(new Fault.Status(503, 3600));
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> remote.volume(volume));
    assertThat(concurrency.skipped()).isLessThan(Duration.ofSeconds(9));
  }

  @Test
  void hangingAnswer_endsWithTheAttempt_andIsRepeated() {
    HttpRemote impatient =
        remote(
            new HttpOptions(
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                Duration.ofMillis(300),
                Duration.ofMillis(50),
                Duration.ofSeconds(4)));
    face.planned(new Fault.Hangs());
    assertThat(impatient.volume(volume)).isEqualTo(info);
    assertThat(impatient.counts().repeats()).isEqualTo(1);
  }

  private static final HttpOptions IMPATIENT =
      new HttpOptions(
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMillis(400),
          Duration.ofMillis(50),
          Duration.ofMillis(50));

  private HttpRemote impatient(SlowServer server) {
    return new HttpRemote(
        server.address(),
        new UrlTransport(concurrency),
        tokens,
        concurrency,
        new Random(1),
        IMPATIENT);
  }

  @Test
  void drippingHead_endsWithTheAttempt() throws Exception {
    try (SlowServer server = SlowServer.drippingHead()) {
      HttpRemote patientless = impatient(server);
      for (int i = 1; i <= 2; i++) {
        Instant began = concurrency.instant();
        assertThatExceptionOfType(GraftException.Unavailable.class)
            .isThrownBy(() -> patientless.volume(volume))
            .withMessageContaining("did not answer to the end: the answer took too long");
        assertThat(Duration.between(began, concurrency.instant()))
            .isBetween(Duration.ofMillis(350), Duration.ofSeconds(4));
      }
      assertThat(server.dripped()).as("bytes of heads that were sent").isGreaterThan(4);
    }
  }

  @Test
  void drippingHead_othersOfTheSameTransport_areNotCutOff() throws Exception {
    UrlTransport transport = new UrlTransport(concurrency);
    try (SlowServer server = SlowServer.drippingHead()) {
      HttpRemote slow =
          new HttpRemote(
              server.address(), transport, tokens, concurrency, new Random(1), IMPATIENT);
      HttpRemote good =
          new HttpRemote(
              face.address(),
              transport,
              tokens,
              concurrency,
              new Random(1),
              HttpOptions.DEFAULT.once());
      var lost = concurrency.fork("slow", () -> slow.volume(volume));
      int answered = 0;
      do {
        assertThat(good.volume(volume)).isEqualTo(info);
        answered++;
      } while (!lost.isDone());
      assertThat(answered).isGreaterThan(1);
      assertThatThrownBy(lost::result).hasRootCauseMessage("the answer took too long");
    }
  }

  @Test
  void requestThatNobodyReads_endsWithTheAttempt() throws Exception {
    try (SlowServer server = SlowServer.readingNothing()) {
      UrlTransport transport = new UrlTransport(concurrency);
      Transport.Request request =
          new Transport.Request(
              "PUT",
              server.address().origin(),
              Map.of(),
              new byte[64 << 20],
              Duration.ofMillis(400));
      Instant began = concurrency.instant();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> transport.send(request, Transport.Answer::status))
          .withMessage("the answer took too long");
      assertThat(Duration.between(began, concurrency.instant())).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void unreachable_isToldSoonAndClearly() {
    RemoteAddress nobody = face.address();
    face.close();
    HttpRemote lost =
        new HttpRemote(
            nobody,
            new UrlTransport(concurrency),
            tokens,
            concurrency,
            new Random(1),
            HttpOptions.DEFAULT);
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> lost.volume(volume))
        .withMessageContaining(nobody.toString())
        .withMessageContaining("is the address right");
    assertThat(concurrency.skipped()).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void foreignServer_isToldSoonAndClearly() {
    face.plan = route -> new Fault.Status(404, 0);
    assertThatExceptionOfType(GraftException.Unavailable.class)
        .isThrownBy(() -> remote.volume(volume))
        .withMessageContaining("is the address right");
    assertThat(concurrency.skipped()).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void random_faultsEverywhere_aReplicaWorksOn() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    face.plan =
        route -> {
          synchronized (random) {
            Fault[] passing = passing();
            return random.nextInt(4) > 0
                ? new Fault.None()
                : passing[random.nextInt(passing.length)];
          }
        };
    ReplicaOptions options = ReplicaOptions.inMemory(remote, volume, concurrency, ids);
    try (Replica replica = Replica.open(options)) {
      for (int round = 0; round < 40; round++) {
        try (Transaction transaction = replica.begin()) {
          byte[] page = new byte[SIZE.bytes()];
          page[0] = (byte) round;
          transaction.write(1 + round % 7, java.lang.foreign.MemorySegment.ofArray(page), 0);
          assertThat(transaction.commit(CommitOptions.NONE))
              .as("seed %d", seed)
              .isInstanceOf(CommitResult.Committed.class);
        }
      }
    }
    assertThat(engine.log(volume, null, 1000).commits()).as("seed %d", seed).hasSize(40);
    assertThat(face.faults.get()).as("seed %d", seed).isGreaterThan(5);
  }

  @Test
  void addresses_thatAreNone_areRefused() {
    for (String wrong :
        List.of(
            "https://user:secret@host",
            "https://secret@host",
            "https://host/path",
            "https://host?x=1",
            "https://host#x",
            "https://",
            "ftp://host",
            "http://example.org",
            "http://127.0.0.1.example.org",
            "https:host")) {
      assertThatThrownBy(() -> RemoteAddress.parse(wrong, false))
          .as(wrong)
          .isInstanceOf(GraftException.Misuse.class)
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret@"));
    }
    assertThat(RemoteAddress.parse("https://Host.example/", false).toString())
        .isEqualTo("https://host.example");
    assertThat(RemoteAddress.parse("http://example.org:81", true).toString())
        .isEqualTo("http://example.org:81");
    assertThat(RemoteAddress.parse("http://[::1]:81", false).toString())
        .isEqualTo("http://[::1]:81");
  }
}
