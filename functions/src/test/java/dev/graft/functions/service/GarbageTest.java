package dev.graft.functions.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.graft.auth.AccessMatrix;
import dev.graft.engine.store.Counts;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.log.SegmentTable;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.remote.ChangesRequest;
import dev.graft.protocol.remote.ChangesRequest.Until;
import dev.graft.protocol.remote.CommitRequest;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.RetainRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Garbage at every route: always a problem document with a status 4xx, never a write, and never
 * much memory.
 */
class GarbageTest {
  private static final long SEED = 20261121L;
  private static final int ROUNDS = 60;

  /** A body of 1 MiB is looked at as bytes, text and values: no more than that. */
  private static final long MAX_ALLOCATED = 64L << 20;

  private final Bench bench = new Bench(SEED);
  private final Random random = new Random(SEED);
  private final VolumeId volume = bench.newVolume();
  private final Position start = bench.start(volume);
  private final Position head = bench.committed(volume, start);
  private final SegmentId segment = bench.ids.newSegmentId(bench.clock.instant());

  private List<Route> routes() {
    return List.of(
        new Route.Create(),
        new Route.Info(volume),
        new Route.Changes(volume),
        new Route.Log(volume),
        new Route.State(volume),
        new Route.Upload(volume, segment),
        new Route.Uploads(volume),
        new Route.Commits(volume),
        new Route.Fork(volume),
        new Route.Retain(volume),
        new Route.Waiting(volume),
        new Route.Delete(volume),
        new Route.Tokens(),
        new Route.Revoke());
  }

  @Test
  void routes_areAllThatTakeABody() {
    Set<Class<?>> kinds = new HashSet<>(AccessMatrix.kindsOfRoutes());
    kinds.removeIf(Route.OfObject.class::isAssignableFrom);
    assertThat(routes()).<Class<?>>extracting(Route::getClass).containsOnlyOnceElementsOf(kinds);
  }

  /**
   * A route that is written down and not tried here is found, and one that is tried for nothing.
   */
  @Test
  void routes_areThoseOfTheDocuments() throws IOException {
    Set<String> tried = new TreeSet<>();
    for (Route route : routes()) {
      tried.add(template(route));
    }
    // Ranges: ranges_wrongOnes_areRefused.
    tried.add(template(new Route.LogRange(volume, head.lsn())));
    tried.add(template(new Route.SegmentRange(volume, segment)));
    Path docs = Path.of("..", "docs");
    Set<String> table = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `(?:POST|GET|HEAD|PUT|DELETE) (/\\S+)` \\|")
            .matcher(Files.readString(docs.resolve("http.md")));
    while (row.find()) {
      table.add(row.group(1));
    }
    assertThat(table).isEqualTo(tried);
    Set<String> machines = new TreeSet<>();
    Matcher path =
        Pattern.compile("(?m)^  (/\\S+):$").matcher(Files.readString(docs.resolve("openapi.yaml")));
    while (path.find()) {
      machines.add(
          path.group(1)
              .replace("{volume}", "VID")
              .replace("{segment}", "SID")
              .replace("{nlsn}", "NLSN"));
    }
    assertThat(machines).isEqualTo(tried);
  }

  /** A path as docs/http.md writes it. */
  private String template(Route route) {
    return route
        .path()
        .replace(volume.toString(), "VID")
        .replace(segment.toString(), "SID")
        .replaceFirst("/log/[0-9a-f]{16}$", "/log/NLSN");
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** Nothing is written, nothing is a server's failure, nothing is told that is none's business. */
  private Problem refused(String what, Request request) {
    Counts before = bench.store.counts();
    long bytes = allocated();
    Answer answer = bench.service.answer(request);
    assertThat(allocated() - bytes).as("memory for " + what).isLessThan(MAX_ALLOCATED);
    String told = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(answer.status()).as(what + ": " + told).isBetween(400, 499);
    Counts used = bench.store.counts().minus(before);
    assertThat(used.puts() + used.deletes()).as("writes of " + what + ": " + told).isZero();
    if (request.method().equals("HEAD")) {
      assertThat(answer.body()).isEmpty();
      return Problem.of(Code.MISUSE, answer.status(), "");
    }
    assertThat(told).doesNotContain("Exception").doesNotContain("\tat ").doesNotContain(".java");
    return Bench.problem(answer);
  }

  private Problem refused(String what, Route route, byte[] body) {
    return refused(what + " at " + route, Bench.request(bench.root, route, body));
  }

  @Test
  void randomBodies_areRefusedAtEveryRoute() {
    for (Route route : routes()) {
      for (int round = 0; round < ROUNDS; round++) {
        byte[] body = new byte[random.nextInt(round % 7 == 0 ? 5_000 : 40)];
        random.nextBytes(body);
        refused("seed " + SEED + " round " + round, route, body);
      }
      byte[] large = new byte[HttpLimits.MAX_REQUEST_BYTES];
      random.nextBytes(large);
      refused("1 MiB of noise", route, large);
      refused("2 MiB", route, new byte[2 << 20]);
      for (String json :
          List.of(
              "[]",
              "null",
              "{\"unknown\":1}",
              "{}x",
              "{\"a\":" + "[".repeat(5_000) + "}",
              "{\"a\":" + "{\"a\":".repeat(2_000),
              "{\"max\":1e999999999}",
              "{\"max\":" + "9".repeat(100_000) + "}",
              "{\"base\":{\"lsn\":\"-1\",\"hash\":\"\"}}",
              "{\"volume\":\"vol-\",\"pageSize\":4096}",
              "{\"volume\":\"" + volume + "\",\"pageSize\":2147483648}",
              "{\"max\":0}")) {
        refused(
            json.substring(0, Math.min(40, json.length())),
            route,
            json.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private Map<Route, byte[]> good() {
    Map<Route, byte[]> good = new HashMap<>();
    good.put(
        new Route.Commits(volume),
        Messages.commitRequest(volume).encode(bench.commit(volume, head, 3)));
    good.put(
        new Route.Changes(volume),
        Messages.changesRequest(volume)
            .encode(new ChangesRequest(volume, head, new Until.Head(), false)));
    good.put(
        new Route.Fork(volume),
        Messages.forkRequest(volume)
            .encode(new ForkRequest(volume, head, bench.ids.newVolumeId())));
    good.put(
        new Route.Retain(volume),
        Messages.retainRequest(volume)
            .encode(new RetainRequest(volume, new RetainRequest.Change.FloorAt(new Lsn(1)))));
    return good;
  }

  @Test
  void mutatedMessages_areNeverAServersFailure() {
    int refusals = 0;
    for (Map.Entry<Route, byte[]> each : good().entrySet()) {
      for (int round = 0; round < 10 * ROUNDS; round++) {
        byte[] body = each.getValue().clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
          body[random.nextInt(body.length)] =
              random.nextBoolean()
                  ? (byte) random.nextInt(256)
                  : each.getValue()[random.nextInt(body.length)];
        }
        if (random.nextInt(4) == 0) {
          body = Arrays.copyOf(body, random.nextInt(body.length));
        }
        Answer answer = bench.post(bench.root, each.getKey(), body);
        String told = new String(answer.body(), StandardCharsets.UTF_8);
        // A mutation may be a right request for something else.
        assertThat(answer.status())
            .as("seed " + SEED + " round " + round + " at " + each.getKey() + ": " + told)
            .isLessThan(500);
        refusals += answer.status() >= 400 ? 1 : 0;
      }
    }
    assertThat(refusals).isGreaterThan(20 * ROUNDS);
  }

  @Test
  void pathTricks_are404BeforeAnythingIsLookedAt() {
    String path = new Route.LogRange(volume, new Lsn(1)).path();
    String info = new Route.Info(volume).path();
    List<String> tricks = new ArrayList<>();
    for (String each : List.of(path, info)) {
      tricks.addAll(
          List.of(
              each + "/",
              "/" + each,
              each.replace("/v1/", "/v1//"),
              each.replace("/v1/", "/v1/../v1/"),
              each.replace("/v1/", "/v1/./"),
              each.replace("/v1", ""),
              each.replace("vol-", "VOL-"),
              each.replace("vol-", "vol%2d"),
              each.replace("/", "%2f"),
              each + "%00",
              each + "\u0000",
              each + ";a=b",
              each + "#x",
              each.toUpperCase(java.util.Locale.ROOT),
              each + "?",
              each.repeat(1_000)));
    }
    tricks.addAll(
        List.of(
            "",
            "/",
            "*",
            "http://127.0.0.1" + path,
            "/v1/volumes/" + volume + "/state/ffffffffffffffff",
            "/v1/volumes/" + volume + "/derived/0/rollups/1/0",
            "/v1/volumes/" + volume + "/checkpoints/chk-x",
            "/v1/volumes/" + volume + "/forks/" + volume,
            "/v1/volumes/" + volume + "/volume",
            "/v1/auth/revocations/ffffffffffffffff",
            "/v1/preflight/x"));
    for (String trick : tricks) {
      for (String method : List.of("GET", "POST", "HEAD", "PUT", "DELETE", "get", "")) {
        long reads = bench.store.counts().reads();
        Problem problem =
            refused(
                method + " " + trick,
                new Request(method, trick, "", Map.of(Headers.TOKEN, bench.root), new byte[0]));
        assertThat(problem.status()).as(method + " " + trick).isEqualTo(404);
        assertThat(bench.store.counts().reads()).isEqualTo(reads);
      }
    }
  }

  @Test
  void forgedPositionsAndHashes_areRefused() {
    CommitRequest good = bench.commit(volume, head, 3);
    Hash other = Hash.sha256(new byte[] {5});
    for (Position base :
        List.of(
            new Position(head.lsn(), other),
            new Position(new Lsn(2), other),
            new Position(new Lsn(1L << 62), other),
            new Position(new Lsn(-1), other),
            new Position(Lsn.ZERO, other))) {
      CommitRequest forged =
          new CommitRequest(
              volume,
              base,
              good.snapshot().isAfter(base.lsn()) ? base.lsn() : good.snapshot(),
              good.count(),
              good.smallest(),
              good.transactions(),
              good.content());
      refused(
          "base " + base, new Route.Commits(volume), Messages.commitRequest(volume).encode(forged));
      refused(
          "fork at " + base,
          new Route.Fork(volume),
          Messages.forkRequest(volume)
              .encode(new ForkRequest(volume, base, bench.ids.newVolumeId())));
    }
    CommitRequest future =
        new CommitRequest(
            volume,
            head,
            new Lsn(99),
            good.count(),
            good.smallest(),
            good.transactions(),
            good.content());
    refused(
        "snapshot after base",
        new Route.Commits(volume),
        Messages.commitRequest(volume).encode(future));
  }

  @Test
  void damagedAndForeignFrames_areRefused() {
    CommitRequest good = bench.commit(volume, head, 3);
    byte[] frame = ((CommitRequest.Content.Inline) good.content()).frames().getFirst();
    List<byte[]> bad = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] flipped = frame.clone();
      flipped[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
      bad.add(flipped);
    }
    bad.add(new byte[0]);
    bad.add(new byte[] {1});
    bad.add(Arrays.copyOf(frame, frame.length - 1));
    bad.add(Arrays.copyOf(frame, frame.length + 1));
    byte[] noise = new byte[60_000];
    random.nextBytes(noise);
    bad.add(noise);
    for (byte[] each : bad) {
      commitRefused(
          "frame of " + each.length,
          new CommitRequest.Content.Inline(List.of(each), PageSet.empty()));
    }
    commitRefused(
        "a page twice", new CommitRequest.Content.Inline(List.of(frame, frame), PageSet.empty()));
    commitRefused(
        "written and cleared", new CommitRequest.Content.Inline(List.of(frame), PageSet.of(3)));
    commitRefused("a revert to what is not there", new CommitRequest.Content.Revert(new Lsn(77)));
  }

  private void commitRefused(String what, CommitRequest.Content content) {
    CommitRequest request = bench.request(volume, head, 1_000, content);
    refused(what, new Route.Commits(volume), Messages.commitRequest(volume).encode(request));
  }

  @Test
  void segmentsOfOthers_orThatAreNone_areRefused() {
    VolumeId other = bench.newVolume();
    Bench.Made foreign = bench.segment(other, bench.start(other), 50);
    bench.engine.upload(other, foreign.segment().id(), foreign.segment().bytes());
    refused(
        "another volume's segment",
        new Route.Upload(volume, foreign.segment().id()),
        foreign.segment().bytes());
    commitRefused("a map of another's segment", segments(foreign.root(), foreign.entry()));
    Bench.Made mine = bench.segment(volume, head, 50);
    commitRefused("a segment that was not uploaded", segments(mine.root(), mine.entry()));
    bench.engine.upload(volume, mine.segment().id(), mine.segment().bytes());
    commitRefused(
        "another hash",
        segments(
            mine.root(),
            new SegmentEntry(
                mine.segment().id(), mine.entry().lengthBytes(), Hash.sha256(new byte[] {1}))));
    commitRefused(
        "another length",
        segments(
            mine.root(),
            new SegmentEntry(
                mine.segment().id(), mine.entry().lengthBytes() + 1, mine.entry().sha256())));
    Bench.Made again = bench.segment(volume, head, 80, mine.segment().id());
    commitRefused("a map that the segment does not bear out", segments(again.root(), mine.entry()));
    // What was put past the function: noise under the id of a segment.
    byte[] noise = new byte[5_000];
    random.nextBytes(noise);
    Bench.Made none = bench.segment(volume, head, 20);
    bench.memory.putIfAbsent(
        CommitRoutes.key(new Route.SegmentRange(volume, none.segment().id())),
        noise,
        java.time.Instant.MAX);
    commitRefused(
        "noise that claims to be a segment",
        segments(
            none.root(), new SegmentEntry(none.segment().id(), noise.length, Hash.sha256(noise))));
  }

  private static CommitRequest.Content segments(
      dev.graft.protocol.map.Root root, SegmentEntry entry) {
    return new CommitRequest.Content.Segments(
        new RootPlace.Inline(root), new SegmentTable.Inline(List.of(entry)));
  }

  @Test
  void ranges_wrongOnes_areRefused() {
    Bench.Made made = bench.segment(volume, head, 50);
    bench.engine.upload(volume, made.segment().id(), made.segment().bytes());
    List<Route> objects =
        List.of(
            new Route.LogRange(volume, head.lsn()),
            new Route.SegmentRange(volume, made.segment().id()));
    for (String range :
        List.of(
            "bytes=5-2",
            "bytes=-5",
            "bytes=5-",
            "bytes=0-1,3-4",
            "bytes= 0-1",
            "items=0-1",
            "bytes=99999999999999999999-1",
            "bytes=0-" + "9".repeat(5_000),
            "bytes=900000000000000-900000000000001",
            "")) {
      for (Route route : objects) {
        refused(
            range,
            new Request(
                "GET",
                route.path(),
                "",
                Map.of(Headers.TOKEN, bench.root, Headers.RANGE, range),
                new byte[0]));
      }
    }
  }

  @Test
  void replayedRequests_changeNothing() {
    CommitRequest request = bench.commit(volume, head, 9);
    byte[] body = Messages.commitRequest(volume).encode(request);
    Route route = new Route.Commits(volume);
    assertThat(bench.post(bench.root, route, body).status()).isEqualTo(200);
    Position at =
        bench.committed(
            volume, bench.ok(bench.post(bench.root, route, body), Messages.committed()).position());
    for (int i = 0; i < 20; i++) {
      Answer again = bench.post(bench.root, route, body);
      assertThat(bench.ok(again, Messages.committed()).position().lsn()).isEqualTo(new Lsn(2));
    }
    assertThat(bench.engine.log(volume, null, 10).head()).isEqualTo(at);
    // The same keys with other content: misuse, and nothing of it lands.
    CommitRequest changed =
        new CommitRequest(
            volume,
            request.base(),
            request.snapshot(),
            request.count(),
            request.smallest(),
            List.of(
                new dev.graft.protocol.log.TransactionRecord(
                    request.transactions().getFirst().key(),
                    Hash.sha256(new byte[] {3}),
                    bench.clock.instant(),
                    "",
                    "")),
            request.content());
    Problem misuse =
        Bench.problem(
            bench.post(bench.root, route, Messages.commitRequest(volume).encode(changed)));
    assertThat(misuse.code()).isEqualTo(Code.MISUSE);
    assertThat(new PageCount(1).value()).isEqualTo(1);
  }

  @Test
  void tokens_garbage_areUnauthorizedAndCostNothing() {
    List<String> tokens =
        List.of(
            "",
            "x",
            "a.b.c",
            bench.root + "x",
            bench.root.substring(1),
            bench.root + "," + bench.root,
            "Bearer " + bench.root,
            ".".repeat(100_000),
            "e".repeat(1 << 20));
    for (String token : tokens) {
      long reads = bench.store.counts().reads();
      Request request =
          new Request(
              "POST",
              new Route.Info(volume).path(),
              "",
              Map.of(Headers.TOKEN, token),
              Messages.empty().encode(new Nothing()));
      assertThat(refused("token", request).code()).isEqualTo(Code.UNAUTHORIZED);
      assertThat(bench.store.counts().reads()).isEqualTo(reads);
    }
  }
}
