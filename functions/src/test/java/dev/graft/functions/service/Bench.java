package dev.graft.functions.service;

import dev.graft.auth.Admission;
import dev.graft.auth.Grant;
import dev.graft.auth.KeyId;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.store.MemoryObjectStore;
import dev.graft.engine.store.ObjectStore;
import dev.graft.http.Action;
import dev.graft.http.Headers;
import dev.graft.http.Message;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.frame.FrameEncoder;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.frame.SegmentWriter;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.RandomIdSource;
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
import dev.graft.protocol.remote.CreateVolume;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service on a store in memory, a clock that a test sets, and requests as a client makes them.
 */
final class Bench {
  static final PageSize SIZE = new PageSize(512);

  /** A clock that a test sets. */
  static final class Clock implements InstantSource {
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    public synchronized Instant instant() {
      return now;
    }

    synchronized void advance(Duration time) {
      now = now.plus(time);
    }
  }

  final Clock clock = new Clock();
  final MemoryObjectStore memory = new MemoryObjectStore(clock);
  final WatchedStore store;
  final Random random;
  final RandomIdSource ids;
  final KeyRing keys = new KeyRing(List.of(new SigningKey(new KeyId("one"), new byte[32], false)));
  final TokenMaker maker;
  final RevocationLog revocations;
  final EngineRemote engine;
  final List<String> lines = new ArrayList<>();
  final List<Observer.Seen> seen = new ArrayList<>();
  final Backend backend;
  final Service service;
  final String root;

  Bench(long seed) {
    this(seed, Limits.NONE, null);
  }

  Bench(long seed, Limits limits, @Nullable ObjectStore over) {
    this.random = new Random(seed);
    this.ids = new RandomIdSource(new Random(seed + 1));
    this.maker = new TokenMaker(keys, new Random(seed + 2), clock);
    this.store = new WatchedStore(over == null ? memory : over);
    this.revocations = new RevocationLog(store, clock);
    this.engine =
        new EngineRemote(
            store,
            store,
            new Hasty(clock),
            ids,
            new Random(seed + 3),
            EngineOptions.DEFAULT
                .withUpkeep(EngineOptions.Upkeep.INLINE)
                .withCommitDeadline(Duration.ZERO));
    JsonLines json = new JsonLines(store, 1, clock, new Random(seed + 4), this::line);
    Observer observer =
        () -> {
          Observer.Begun begun = json.begin();
          return what -> {
            begun.end(what);
            synchronized (seen) {
              seen.add(what);
            }
          };
        };
    this.backend =
        new Backend(
            engine,
            store,
            store,
            null,
            new Admission(keys, revocations, clock)::admit,
            keys,
            revocations,
            limits,
            observer,
            clock,
            new Random(seed + 5));
    this.service = new Service(EnumSet.allOf(Group.class), backend);
    this.root = token(new VolumeScope.All(), EnumSet.allOf(Action.class));
  }

  private void line(String line) {
    synchronized (lines) {
      lines.add(line);
    }
  }

  String token(VolumeScope scope, Set<Action> actions) {
    return maker.make(Grant.of(scope, actions), Duration.ofHours(2)).text();
  }

  String token(VolumeId volume, Action... actions) {
    return token(VolumeScope.of(volume), Set.of(actions));
  }

  static Map<String, String> headers(@Nullable String token, String type, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (token != null) {
      headers.put(Headers.TOKEN, token);
    }
    headers.put(Headers.CONTENT_TYPE, type);
    headers.put(Headers.CONTENT_SHA256, Hash.sha256(body).toString());
    return headers;
  }

  static Request request(@Nullable String token, Route route, byte[] body) {
    String type = route instanceof Route.Upload ? Headers.BYTES : Headers.JSON;
    return new Request("POST", route.path(), "", headers(token, type, body), body);
  }

  Answer post(@Nullable String token, Route route, byte[] body) {
    return service.answer(request(token, route, body));
  }

  <T> Answer post(@Nullable String token, Route route, Message<T> message, T value) {
    return post(token, route, message.encode(value));
  }

  /** What is answered with 200. */
  <T> T ok(Answer answer, Message<T> message) {
    if (answer.status() != 200) {
      throw new AssertionError(
          answer.status()
              + ": "
              + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return message.decode(answer.body());
  }

  static Problem problem(Answer answer) {
    if (!Headers.PROBLEM.equals(answer.headers().get(Headers.CONTENT_TYPE))) {
      throw new AssertionError("no problem document: " + answer.status());
    }
    return Messages.problem().decode(answer.body());
  }

  VolumeId newVolume() {
    VolumeId volume = ids.newVolumeId();
    ok(
        post(root, new Route.Create(), Messages.createVolume(), new CreateVolume(volume, SIZE)),
        Messages.volumeInfo());
    return volume;
  }

  Position start(VolumeId volume) {
    return new Position(Lsn.ZERO, engine.volume(volume).recordHash());
  }

  /** A commit of one page with some random bytes. */
  CommitRequest commit(VolumeId volume, Position base, long page) {
    byte[] raw = new byte[SIZE.bytes()];
    random.nextBytes(raw);
    try (FrameEncoder encoder = new FrameEncoder()) {
      byte[] frame =
          encoder.encodePages(
              new FrameOwner.InCommit(volume, Lsn.ZERO),
              0,
              false,
              SIZE,
              PageRuns.of(page, 1),
              raw,
              0,
              raw.length);
      return request(
          volume,
          base,
          Math.max(page, 1000),
          new CommitRequest.Content.Inline(List.of(frame), PageSet.empty()));
    }
  }

  CommitRequest request(VolumeId volume, Position base, long count, CommitRequest.Content content) {
    return new CommitRequest(
        volume,
        base,
        base.lsn(),
        new PageCount(count),
        new PageCount(base.lsn().value() == 0 ? 0 : count),
        List.of(
            new TransactionRecord(
                ids.newIdempotencyKey(),
                Hash.sha256(new byte[] {1}),
                clock.instant(),
                "tester",
                "")),
        content);
  }

  /** A segment with pages 1 to n. */
  record Made(Segment segment, Root root) {
    SegmentEntry entry() {
      return new SegmentEntry(segment.id(), segment.bytes().length, segment.sha256());
    }
  }

  Made segment(VolumeId volume, Position base, int pages) {
    return segment(volume, base, pages, ids.newSegmentId(clock.instant()));
  }

  Made segment(VolumeId volume, Position base, int pages, SegmentId id) {
    try (FrameEncoder encoder = new FrameEncoder()) {
      SegmentWriter writer = new SegmentWriter(volume, id, SIZE, encoder);
      long smallest = base.lsn().value() == 0 ? 0 : 1000;
      var root = Root.builder(new PageCount(Math.max(1000, pages)), new PageCount(smallest));
      for (int page = 1; page <= pages; page += 200) {
        int count = Math.min(200, pages - page + 1);
        byte[] raw = new byte[count * SIZE.bytes()];
        random.nextBytes(raw);
        FrameRef ref = writer.addPages(false, PageRuns.of(page, count), raw, 0, raw.length);
        root.addFrame(ref, false, page, page + count - 1);
      }
      return new Made(writer.finish(), root.build());
    }
  }

  CommitRequest commit(VolumeId volume, Position base, Made made) {
    return request(
        volume,
        base,
        made.root().count().value(),
        new CommitRequest.Content.Segments(
            new RootPlace.Inline(made.root()), new SegmentTable.Inline(List.of(made.entry()))));
  }

  Position committed(VolumeId volume, Position base) {
    return ok(
            post(
                root,
                new Route.Commits(volume),
                Messages.commitRequest(volume),
                commit(volume, base, 1 + random.nextInt(900))),
            Messages.committed())
        .position();
  }
}
