package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.VolumeScope;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.http.Action;
import dev.graft.http.ForkAnswer;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.LogAnswer;
import dev.graft.http.LogRequest;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.Problem;
import dev.graft.http.RevokeRequest;
import dev.graft.http.Route;
import dev.graft.http.TokenAnswer;
import dev.graft.http.TokenRequest;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.VolumeInfo;
import dev.graft.protocol.remote.VolumeState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is asked and answered, route by route. */
class ServiceTest {
  private final Bench bench = new Bench(11);
  private final VolumeId volume = bench.newVolume();
  private final Position start = bench.start(volume);

  private Graft changes(Position since, boolean open) {
    return bench.ok(
        bench.post(
            bench.root,
            new Route.Changes(volume),
            Messages.changesRequest(volume),
            new ChangesRequest(volume, since, new Until.Head(), open)),
        Messages.graft());
  }

  private Answer get(String token, Route.OfObject route, String range) {
    Map<String, String> headers = new HashMap<>();
    headers.put(Headers.TOKEN, token);
    if (!range.isEmpty()) {
      headers.put(Headers.RANGE, range);
    }
    return bench.service.answer(new Request("GET", route.path(), "", headers, new byte[0]));
  }

  @Test
  void commit_thenChanges_tellsIt() {
    Position head = bench.committed(volume, start);
    assertThat(changes(start, false).upto()).isEqualTo(head);
    assertThat(changes(head, false).upto()).isEqualTo(head);
    assertThat(changes(start, true).head()).isEqualTo(head);
  }

  @Test
  void commit_sameRequestAgain_isItsOwn() {
    CommitRequest request = bench.commit(volume, start, 5);
    var first =
        bench.ok(
            bench.post(
                bench.root, new Route.Commits(volume), Messages.commitRequest(volume), request),
            Messages.committed());
    long writes = bench.store.counts().puts();
    var again =
        bench.ok(
            bench.post(
                bench.root, new Route.Commits(volume), Messages.commitRequest(volume), request),
            Messages.committed());
    assertThat(again.position()).isEqualTo(first.position());
    // One put, which found the first; nothing new lies in the store.
    assertThat(bench.store.counts().puts() - writes).isEqualTo(1);
    assertThat(bench.memory.list("volumes/" + volume + "/log/", "", 10)).hasSize(1);
  }

  @Test
  void commit_otherWasFirst_isAConflictWithItsGraft() {
    Position head = bench.committed(volume, start);
    Answer answer =
        bench.post(
            bench.root,
            new Route.Commits(volume),
            Messages.commitRequest(volume),
            bench.commit(volume, start, 7));
    Problem problem = Bench.problem(answer);
    assertThat(answer.status()).isEqualTo(409);
    assertThat(problem.code()).isEqualTo(Code.CONFLICT);
    assertThat(Objects.requireNonNull(problem.graft()).upto()).isEqualTo(head);
  }

  @Test
  void changes_foreignPosition_isDivergedWithWhatStands() {
    Position head = bench.committed(volume, start);
    Position foreign = new Position(new Lsn(1), Hash.sha256(new byte[] {9}));
    Answer answer =
        bench.post(
            bench.root,
            new Route.Changes(volume),
            Messages.changesRequest(volume),
            new ChangesRequest(volume, foreign, new Until.Head(), false));
    assertThat(answer.status()).isEqualTo(409);
    assertThat(Bench.problem(answer).actual()).isEqualTo(head);
    assertThat(Bench.problem(answer).claimed()).isEqualTo(foreign);
  }

  @Test
  void upload_andCommitOfIt_isReadByRanges() {
    Bench.Made made = bench.segment(volume, start, 300);
    var receipt =
        bench.ok(
            bench.post(
                bench.root, new Route.Upload(volume, made.segment().id()), made.segment().bytes()),
            Messages.uploadReceipt());
    assertThat(receipt.entry()).isEqualTo(made.entry());
    bench.ok(
        bench.post(
            bench.root,
            new Route.Commits(volume),
            Messages.commitRequest(volume),
            bench.commit(volume, start, made)),
        Messages.committed());
    Route.SegmentRange route = new Route.SegmentRange(volume, made.segment().id());
    byte[] bytes = made.segment().bytes();
    Answer part = get(bench.root, route, "bytes=100-299");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 100, 300));
    assertThat(part.headers())
        .containsEntry(Headers.CONTENT_RANGE, "bytes 100-299/" + bytes.length)
        .containsEntry(Headers.CACHE_CONTROL, Headers.FOR_EVER);
    Answer end = get(bench.root, route, "bytes=" + (bytes.length - 10) + "-" + (bytes.length + 90));
    assertThat(end.body()).hasSize(10);
    assertThat(get(bench.root, route, "").body()).isEqualTo(bytes);
    Answer beyond = get(bench.root, route, "bytes=" + bytes.length + "-" + (bytes.length + 9));
    assertThat(beyond.status()).isEqualTo(416);
    Answer head =
        bench.service.answer(
            new Request("HEAD", route.path(), "", Map.of(Headers.TOKEN, bench.root), new byte[0]));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers()).containsEntry("content-length", "" + bytes.length);
    Answer missing =
        get(bench.root, new Route.SegmentRange(volume, bench.ids.newSegmentId(Instant.now())), "");
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.headers()).containsEntry(Headers.CACHE_CONTROL, Headers.NO_STORE);
  }

  @Test
  void ranges_largeObject_isAnsweredInPartsOf4MiB() {
    Bench.Made made = bench.segment(volume, start, 10_000);
    byte[] bytes = made.segment().bytes();
    assertThat(bytes.length).isGreaterThan(HttpLimits.MAX_RANGE_BYTES);
    bench.engine.upload(volume, made.segment().id(), bytes);
    Route.SegmentRange route = new Route.SegmentRange(volume, made.segment().id());
    Answer part = get(bench.root, route, "bytes=0-" + (bytes.length - 1));
    assertThat(part.body()).hasSize(HttpLimits.MAX_RANGE_BYTES);
    assertThat(get(bench.root, route, "").status()).isEqualTo(400);
  }

  @Test
  void uploads_largeSegment_isPlacedOrThere() {
    Bench.Made made = bench.segment(volume, start, 3_000);
    Backend placing =
        new Backend(
            bench.engine,
            bench.store,
            bench.store,
            (of, entry) ->
                new UploadsAnswer.Presigned(
                    java.net.URI.create("https://store.example/" + of + "/" + entry.id()),
                    Map.of("if-none-match", "*"),
                    bench.clock.instant().plusSeconds(600),
                    Instant.EPOCH),
            bench.backend.gate(),
            bench.keys,
            bench.revocations,
            Limits.NONE,
            Observer.NONE,
            bench.clock,
            bench.random);
    Service service = new Service(Set.of(Group.COMMIT), placing);
    byte[] body = Messages.uploadsRequest().encode(made.entry());
    Request request = Bench.request(bench.root, new Route.Uploads(volume), body);
    UploadsAnswer place = bench.ok(service.answer(request), Messages.presigned());
    assertThat(place).isInstanceOf(UploadsAnswer.Presigned.class);
    assertThat(((UploadsAnswer.Presigned) place).serverTime()).isEqualTo(bench.clock.instant());
    bench.engine.upload(volume, made.segment().id(), made.segment().bytes());
    assertThat(bench.ok(service.answer(request), Messages.presigned()))
        .isInstanceOf(UploadsAnswer.There.class);
    SegmentEntry other =
        new SegmentEntry(
            made.segment().id(), made.entry().lengthBytes(), Hash.sha256(new byte[] {4}));
    Answer taken =
        service.answer(
            Bench.request(
                bench.root, new Route.Uploads(volume), Messages.uploadsRequest().encode(other)));
    assertThat(Bench.problem(taken).code()).isEqualTo(Code.MISUSE);
    SegmentId old = bench.ids.newSegmentId(bench.clock.instant().minusSeconds(700));
    Answer late =
        service.answer(
            Bench.request(
                bench.root,
                new Route.Uploads(volume),
                Messages.uploadsRequest()
                    .encode(new SegmentEntry(old, 5, Hash.sha256(new byte[] {4})))));
    assertThat(Bench.problem(late).serverTime()).isEqualTo(bench.clock.instant());
    // A store that nobody but the function can write to.
    assertThat(bench.post(bench.root, new Route.Uploads(volume), body).status()).isEqualTo(200);
  }

  @Test
  void upload_idOfAnotherTime_isToldTheRightOne() {
    Bench.Made made =
        bench.segment(
            volume, start, 3, bench.ids.newSegmentId(bench.clock.instant().plusSeconds(601)));
    Answer answer =
        bench.post(
            bench.root, new Route.Upload(volume, made.segment().id()), made.segment().bytes());
    assertThat(answer.status()).isEqualTo(400);
    assertThat(Bench.problem(answer).serverTime()).isEqualTo(bench.clock.instant());
  }

  @Test
  void log_longPage_isCutAndSaysSo() {
    Position head = start;
    String message = "x".repeat(200);
    for (int i = 0; i < 130; i++) {
      CommitRequest request = bench.commit(volume, head, 1);
      List<dev.graft.protocol.log.TransactionRecord> many = new ArrayList<>();
      for (int k = 0; k < 30; k++) {
        many.add(
            new dev.graft.protocol.log.TransactionRecord(
                bench.ids.newIdempotencyKey(),
                Hash.sha256(new byte[] {1}),
                bench.clock.instant(),
                "tester",
                message));
      }
      head =
          ((dev.graft.protocol.remote.CommitOutcome.Committed)
                  bench.engine.commit(
                      new CommitRequest(
                          volume,
                          request.base(),
                          request.snapshot(),
                          request.count(),
                          request.smallest(),
                          many,
                          request.content())))
              .position();
    }
    List<Lsn> told = new ArrayList<>();
    Lsn newest = null;
    boolean cut = false;
    LogAnswer page;
    do {
      Answer answer =
          bench.post(
              bench.root,
              new Route.Log(volume),
              Messages.logRequest(),
              new LogRequest(newest, 1000));
      assertThat(answer.body().length).isLessThanOrEqualTo(HttpLimits.LOG_ANSWER_BYTES);
      page = bench.ok(answer, Messages.logPage());
      page.page().commits().forEach(entry -> told.add(entry.position().lsn()));
      newest = new Lsn(told.getLast().value() - 1);
      cut |= page.more();
    } while (page.more());
    assertThat(told).hasSize(130).doesNotHaveDuplicates();
    if (HttpLimits.LOG_ANSWER_BYTES < 130 * 30 * 200) {
      assertThat(cut).isTrue();
    }
  }

  @Test
  void fork_withAScopedToken_bringsOneForTheChild() {
    Position head = bench.committed(volume, start);
    bench.committed(volume, head);
    VolumeId child = bench.ids.newVolumeId();
    String scoped = bench.token(volume, Action.READ, Action.FORK);
    ForkRequest request = new ForkRequest(volume, head, child);
    ForkAnswer made =
        bench.ok(
            bench.post(scoped, new Route.Fork(volume), Messages.forkRequest(volume), request),
            Messages.forked());
    String childs = Objects.requireNonNull(made.token());
    ForkAnswer again =
        bench.ok(
            bench.post(scoped, new Route.Fork(volume), Messages.forkRequest(volume), request),
            Messages.forked());
    assertThat(again.forked()).isEqualTo(made.forked());
    assertThat(
            bench
                .post(made.token(), new Route.Info(child), Messages.empty(), new Nothing())
                .status())
        .isEqualTo(200);
    assertThat(
            bench
                .post(made.token(), new Route.Info(volume), Messages.empty(), new Nothing())
                .status())
        .isEqualTo(403);
    assertThat(get(childs, new Route.LogRange(volume, head.lsn()), "").status()).isEqualTo(200);
    assertThat(get(childs, new Route.LogRange(volume, new Lsn(2)), "").status()).isEqualTo(403);
    ForkAnswer byRoot =
        bench.ok(
            bench.post(bench.root, new Route.Fork(volume), Messages.forkRequest(volume), request),
            Messages.forked());
    assertThat(byRoot.token()).isNull();
  }

  /** Ids of forks are told to whoever reads the parent: they are no secret. */
  @Test
  void fork_thatAnotherTokenMade_bringsNoToken() {
    Position head = bench.committed(volume, start);
    VolumeId child = bench.ids.newVolumeId();
    ForkRequest request = new ForkRequest(volume, head, child);
    String maker = bench.token(volume, Action.READ, Action.FORK);
    bench.ok(
        bench.post(maker, new Route.Fork(volume), Messages.forkRequest(volume), request),
        Messages.forked());
    VolumeId byRoot = bench.ids.newVolumeId();
    ForkRequest ofRoot = new ForkRequest(volume, head, byRoot);
    bench.ok(
        bench.post(bench.root, new Route.Fork(volume), Messages.forkRequest(volume), ofRoot),
        Messages.forked());
    String other = bench.token(volume, Action.READ, Action.FORK);
    for (ForkRequest taken : List.of(request, ofRoot)) {
      // The second time as well: a refused one leaves no claim behind.
      for (int time = 0; time < 2; time++) {
        Answer refused =
            bench.post(other, new Route.Fork(volume), Messages.forkRequest(volume), taken);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
            .contains("was not made with this token")
            .doesNotContain("\"token\"");
      }
    }
    ForkAnswer again =
        bench.ok(
            bench.post(maker, new Route.Fork(volume), Messages.forkRequest(volume), request),
            Messages.forked());
    assertThat(again.token()).isNotNull();
  }

  @Test
  void fork_askingTokenIsRevoked_endsThoseOfItsForksWithIt() {
    Position head = bench.committed(volume, start);
    VolumeId child = bench.ids.newVolumeId();
    VolumeId grandchild = bench.ids.newVolumeId();
    String scoped = bench.token(volume, Action.READ, Action.FORK);
    String bystander = bench.token(child, Action.READ);
    ForkAnswer first = fork(scoped, new ForkRequest(volume, head, child));
    String childs = Objects.requireNonNull(first.token());
    ForkAnswer second = fork(childs, new ForkRequest(child, first.forked().start(), grandchild));
    String grandchilds = Objects.requireNonNull(second.token());
    assertThat(statusOfInfo(childs, child)).isEqualTo(200);
    assertThat(statusOfInfo(grandchilds, grandchild)).isEqualTo(200);
    Route.OfObject log = new Route.LogRange(volume, head.lsn());
    assertThat(get(grandchilds, log, "").status()).isEqualTo(200);
    bench.ok(revoke(scoped), Messages.done());
    bench.clock.advance(Duration.ofSeconds(31));
    assertThat(statusOfInfo(childs, child)).isEqualTo(401);
    assertThat(statusOfInfo(grandchilds, grandchild)).isEqualTo(401);
    assertThat(get(childs, log, "").status()).isEqualTo(401);
    assertThat(get(grandchilds, log, "").status()).isEqualTo(401);
    // The volumes live on, for others.
    assertThat(statusOfInfo(bystander, child)).isEqualTo(200);
  }

  private ForkAnswer fork(String token, ForkRequest request) {
    Route route = new Route.Fork(request.parent());
    return bench.ok(
        bench.post(token, route, Messages.forkRequest(request.parent()), request),
        Messages.forked());
  }

  private int statusOfInfo(String token, VolumeId of) {
    return bench.post(token, new Route.Info(of), Messages.empty(), new Nothing()).status();
  }

  @Test
  void fork_askedAgainForAChildThatWasDeleted_isGone() {
    Position head = bench.committed(volume, start);
    VolumeId child = bench.ids.newVolumeId();
    ForkRequest request = new ForkRequest(volume, head, child);
    fork(bench.root, request);
    bench.ok(
        bench.post(bench.root, new Route.Delete(child), Messages.empty(), new Nothing()),
        Messages.volumeState());
    Answer again =
        bench.post(bench.root, new Route.Fork(volume), Messages.forkRequest(volume), request);
    assertThat(again.status()).isEqualTo(410);
    assertThat(Bench.problem(again).code()).isEqualTo(Code.GONE);
  }

  @Test
  void tokens_ofATokenThatIsRevoked_endWithIt() {
    String admin = bench.token(new VolumeScope.All(), Set.of(Action.READ, Action.ADMIN));
    TokenAnswer made =
        bench.ok(
            bench.post(
                admin,
                new Route.Tokens(),
                Messages.tokenRequest(),
                new TokenRequest(volume, Set.of(Action.READ), Duration.ofMinutes(5), null)),
            Messages.token());
    assertThat(statusOfInfo(made.token(), volume)).isEqualTo(200);
    bench.ok(revoke(admin), Messages.done());
    bench.clock.advance(Duration.ofSeconds(31));
    assertThat(statusOfInfo(made.token(), volume)).isEqualTo(401);
  }

  @Test
  void tokens_madeAndRevoked() {
    TokenAnswer made =
        bench.ok(
            bench.post(
                bench.root,
                new Route.Tokens(),
                Messages.tokenRequest(),
                new TokenRequest(volume, Set.of(Action.READ), Duration.ofMinutes(5), "a reader")),
            Messages.token());
    Route info = new Route.Info(volume);
    assertThat(bench.post(made.token(), info, Messages.empty(), new Nothing()).status())
        .isEqualTo(200);
    Answer more =
        bench.post(
            bench.root,
            new Route.Tokens(),
            Messages.tokenRequest(),
            new TokenRequest(volume, Set.of(Action.READ), Duration.ofDays(5), null));
    assertThat(more.status()).isEqualTo(403);
    bench.ok(
        bench.post(
            bench.root,
            new Route.Revoke(),
            Messages.revoke(),
            new RevokeRequest.ByToken(made.token())),
        Messages.done());
    bench.clock.advance(Duration.ofSeconds(31));
    Answer revoked = bench.post(made.token(), info, Messages.empty(), new Nothing());
    assertThat(revoked.status()).isEqualTo(401);
    assertThat(Bench.problem(revoked).code()).isEqualTo(Code.UNAUTHORIZED);
  }

  @Test
  void revoke_tokenThatHasEnded_isDoneAndWritesNothing() {
    TokenAnswer made =
        bench.ok(
            bench.post(
                bench.root,
                new Route.Tokens(),
                Messages.tokenRequest(),
                new TokenRequest(volume, Set.of(Action.READ), Duration.ofMinutes(5), "a reader")),
            Messages.token());
    bench.clock.advance(Duration.ofMinutes(7));
    bench.ok(revoke(made.token()), Messages.done());
    assertThat(bench.memory.list("auth/revocations/", "", 1)).isEmpty();
    Answer forged = revoke(made.token().substring(0, made.token().length() - 2) + "AA");
    assertThat(forged.status()).isEqualTo(400);
    assertThat(Bench.problem(forged).code()).isEqualTo(Code.MISUSE);
  }

  private Answer revoke(String token) {
    return bench.post(
        bench.root, new Route.Revoke(), Messages.revoke(), new RevokeRequest.ByToken(token));
  }

  @Test
  void info_ofAForkOfAFork_namesItsAncestorsNearestFirst() {
    Position first = bench.committed(volume, start);
    Forked child = fork(volume, first);
    Position second = bench.committed(child.child().volume(), child.start());
    Forked grandchild = fork(child.child().volume(), second);
    List<VolumeRecord.Ancestor> both =
        List.of(
            new VolumeRecord.Ancestor(child.child().volume(), second),
            new VolumeRecord.Ancestor(volume, first));
    assertThat(grandchild.child().ancestors()).isEqualTo(both);
    assertThat(info(grandchild.child().volume()).ancestors()).isEqualTo(both);
    assertThat(info(volume).ancestors()).isEmpty();
  }

  private Forked fork(VolumeId parent, Position at) {
    ForkRequest request = new ForkRequest(parent, at, bench.ids.newVolumeId());
    return bench
        .ok(
            bench.post(bench.root, new Route.Fork(parent), Messages.forkRequest(parent), request),
            Messages.forked())
        .forked();
  }

  private VolumeInfo info(VolumeId of) {
    return bench.ok(
        bench.post(bench.root, new Route.Info(of), Messages.empty(), new Nothing()),
        Messages.volumeInfo());
  }

  @Test
  void delete_isGoneForEveryTokenAndAnsweredAgain() {
    bench.committed(volume, start);
    String admin = bench.token(volume, Action.ADMIN);
    String reader = bench.token(volume, Action.READ);
    Route.Delete delete = new Route.Delete(volume);
    VolumeState state =
        bench.ok(
            bench.post(admin, delete, Messages.empty(), new Nothing()), Messages.volumeState());
    assertThat(state.deleted()).isTrue();
    bench.clock.advance(Duration.ofSeconds(31));
    assertThat(
            bench.ok(
                bench.post(admin, delete, Messages.empty(), new Nothing()), Messages.volumeState()))
        .isEqualTo(state);
    for (String token : List.of(reader, bench.root)) {
      Answer gone = bench.post(token, new Route.Info(volume), Messages.empty(), new Nothing());
      assertThat(gone.status()).isEqualTo(410);
      assertThat(Bench.problem(gone).code()).isEqualTo(Code.GONE);
    }
    Answer range = get(reader, new Route.LogRange(volume, new Lsn(1)), "");
    assertThat(range.status()).isEqualTo(410);
  }

  @Test
  void everyAnswer_carriesTimeNameAndCacheControl() {
    Request asked =
        new Request(
            "POST",
            "/v1/volumes",
            "",
            Map.of(Headers.REQUEST, "my-request-1"),
            "garbage".getBytes(StandardCharsets.UTF_8));
    Answer answer = bench.service.answer(asked);
    assertThat(answer.headers())
        .containsEntry(Headers.TIME, "2026-11-21T12:00:00.000Z")
        .containsEntry(Headers.REQUEST, "my-request-1")
        .containsEntry(Headers.CACHE_CONTROL, Headers.NO_STORE);
    Answer unnamed =
        bench.service.answer(
            new Request(
                "POST", "/v1/volumes", "", Map.of(Headers.REQUEST, "no good\n"), new byte[0]));
    String name = Objects.requireNonNull(unnamed.headers().get(Headers.REQUEST));
    assertThat(Headers.isRequestName(name)).as(name).isTrue();
  }

  @Test
  void otherGroupsRoute_is404_otherMethod405() {
    Service commits = new Service(Set.of(Group.COMMIT), bench.backend);
    Answer foreign =
        commits.answer(
            Bench.request(
                bench.root, new Route.Info(volume), "{}".getBytes(StandardCharsets.UTF_8)));
    assertThat(foreign.status()).isEqualTo(404);
    Answer method =
        commits.answer(
            new Request("PUT", new Route.Commits(volume).path(), "", Map.of(), new byte[0]));
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.headers()).containsEntry("allow", "POST");
    Answer query =
        commits.answer(
            new Request("POST", new Route.Commits(volume).path(), "a=b", Map.of(), new byte[0]));
    assertThat(query.status()).isEqualTo(404);
  }

  @Test
  void body_wrongTypeHashOrSize_isRefusedByStatus() {
    Route.Info info = new Route.Info(volume);
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    Map<String, String> right = Bench.headers(bench.root, Headers.JSON, body);
    Map<String, String> type = new HashMap<>(right);
    type.put(Headers.CONTENT_TYPE, "text/plain");
    assertThat(bench.service.answer(new Request("POST", info.path(), "", type, body)).status())
        .isEqualTo(415);
    Map<String, String> charset = new HashMap<>(right);
    charset.put(Headers.CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assertThat(bench.service.answer(new Request("POST", info.path(), "", charset, body)).status())
        .isEqualTo(200);
    assertThat(
            bench
                .service
                .answer(new Request("POST", info.path(), "", right, new byte[] {1}))
                .status())
        .isEqualTo(400);
    // A body that would do, were it not for its hash.
    byte[] other = "{ }".getBytes(StandardCharsets.UTF_8);
    Answer hash = bench.service.answer(new Request("POST", info.path(), "", right, other));
    assertThat(hash.status()).isEqualTo(400);
    assertThat(Bench.problem(hash).detail()).contains(Headers.CONTENT_SHA256);
    assertThat(bench.post(bench.root, info, other).status()).isEqualTo(200);
    Map<String, String> none = new HashMap<>(right);
    none.remove(Headers.CONTENT_SHA256);
    assertThat(bench.service.answer(new Request("POST", info.path(), "", none, body)).status())
        .isEqualTo(400);
    Route.Upload upload = new Route.Upload(volume, bench.ids.newSegmentId(bench.clock.instant()));
    assertThat(bench.post(bench.root, upload, new byte[HttpLimits.MAX_UPLOAD_BYTES + 1]).status())
        .isEqualTo(413);
    assertThat(bench.post(bench.root, info, new byte[HttpLimits.MAX_REQUEST_BYTES + 1]).status())
        .isEqualTo(413);
  }

  @Test
  void storeDoesNotAnswer_is503WithoutItsAddress() {
    ObjectStore broken =
        new FailingStore(
            bench.memory,
            new PutOutcome.Unknown("timed out: https://bucket.s3.example/volumes"),
            new GraftException.Unavailable("no route to https://bucket.s3.example"));
    Bench other = new Bench(12, Limits.NONE, broken);
    VolumeId unknown = other.ids.newVolumeId();
    Answer answer =
        other.post(other.root, new Route.Info(unknown), Messages.empty(), new Nothing());
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey(Headers.RETRY_AFTER);
    assertThat(Bench.problem(answer).detail()).doesNotContain("example").doesNotContain("http");
    assertThat(other.lines.getLast()).contains("bucket.s3.example");
  }

  @Test
  void storeRefusesTheFunction_isNotTheCallersFault() {
    ObjectStore broken =
        new FailingStore(
            bench.memory,
            new PutOutcome.Unknown("no"),
            new GraftException.Unauthorized("the bucket does not admit role x"));
    Bench other = new Bench(12, Limits.NONE, broken);
    Answer answer =
        other.post(
            other.root, new Route.Info(other.ids.newVolumeId()), Messages.empty(), new Nothing());
    assertThat(answer.status()).isEqualTo(503);
    assertThat(Bench.problem(answer).detail()).doesNotContain("role");
  }

  @Test
  void limits_tooMuch_is429WithTheTimeToWait() {
    Bench small = new Bench(13, new Limits(100, 3, 1 << 20, 2), null);
    VolumeId busy = small.newVolume();
    Position head = small.start(busy);
    for (int i = 0; i < 3; i++) {
      head = small.committed(busy, head);
    }
    byte[] next = Messages.commitRequest(busy).encode(small.commit(busy, head, 3));
    long puts = small.store.counts().puts();
    Answer answer = small.post(small.root, new Route.Commits(busy), next);
    assertThat(answer.status()).isEqualTo(429);
    assertThat(Bench.problem(answer).code()).isEqualTo(Code.LIMIT);
    assertThat(answer.headers()).containsEntry(Headers.RETRY_AFTER, "20");
    assertThat(small.store.counts().puts()).isEqualTo(puts);
    // Other questions, and other volumes, are not held back.
    assertThat(
            small.post(small.root, new Route.Info(busy), Messages.empty(), new Nothing()).status())
        .isEqualTo(200);
    small.clock.advance(Duration.ofSeconds(20));
    assertThat(small.post(small.root, new Route.Commits(busy), next).status()).isEqualTo(200);
    Answer answered = small.post(small.root, new Route.Info(busy), Messages.empty(), new Nothing());
    int asked = 0;
    while (answered.status() == 200 && asked < 200) {
      answered = small.post(small.root, new Route.Info(busy), Messages.empty(), new Nothing());
      asked++;
    }
    assertThat(answered.status()).isEqualTo(429);
  }

  @Test
  void limits_bytesThatWereAnswered_countAfterTheFact() {
    int most = 4_000;
    Bench small = new Bench(14, new Limits(1_000, 100, most, 2), null);
    Route info = new Route.Info(small.newVolume());
    int askedBytes = 0;
    Answer answer;
    do {
      answer = small.post(small.root, info, Messages.empty(), new Nothing());
      askedBytes += Messages.empty().encode(new Nothing()).length;
    } while (answer.status() == 200 && askedBytes < most / 4);
    assertThat(answer.status()).as("after %d bytes of requests", askedBytes).isEqualTo(429);
    assertThat(Bench.problem(answer).detail()).contains(most + " bytes a minute");
  }

  @Test
  void lines_sayWhatHappenedAndNoVolumeIsADimension() {
    bench.committed(volume, start);
    String line = bench.lines.getLast();
    assertThat(line)
        .contains("\"route\":\"commits\"")
        .contains("\"Dimensions\":[[],[\"function\",\"route\"]]")
        .contains("\"StoreWrites\":1")
        .contains("\"volume\":\"" + volume + "\"")
        .doesNotContain(bench.root);
    bench.post(null, new Route.Info(volume), Messages.empty(), new Nothing());
    assertThat(bench.lines.getLast()).contains("\"status\":401").contains("\"Refused\":1");
  }

  @Test
  void group_ofEveryRoute_isServedByTheWholeService() {
    assertThat(EnumSet.allOf(Group.class))
        .hasSize(5)
        .contains(Group.of(new Route.Create()), Group.of(new Route.Tokens()));
    assertThat(bench.token(new VolumeScope.All(), Set.of(Action.READ))).isNotEmpty();
  }
}
