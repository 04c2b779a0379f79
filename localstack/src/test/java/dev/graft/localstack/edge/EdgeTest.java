package dev.graft.localstack.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import dev.graft.localstack.web.WebServer;
import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EdgeTest {
  private static final String PATH = "/v1/volumes/vol-a/segments/seg-a";
  private static final String COMMITS = "/v1/volumes/vol-a/commits";
  private static final int PIECE = 1_000;
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final FakeOrigin origin = new FakeOrigin();
  private final List<WebRequest> commands = new ArrayList<>();
  private final AtomicInteger mishapsLeft = new AtomicInteger();
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private volatile EdgeMishaps.Mishap mishap = EdgeMishaps.Mishap.NONE;
  private Edge edge = edge(100 * PIECE);
  private WebServer server = serve(edge);

  private Edge edge(long cacheBytes) {
    return new Edge(
        request ->
            request.header("graft-token").isPresent()
                ? Optional.empty()
                : Optional.of(WebAnswer.problem(401, Code.UNAUTHORIZED, "send a token")),
        request -> {
          synchronized (commands) {
            commands.add(request);
          }
          return new WebAnswer.Response(200, Map.of(), Body.of(request.body()));
        },
        origin,
        new EdgeOptions(PIECE, 4, cacheBytes, PATIENCE),
        _ -> mishapsLeft.getAndDecrement() > 0 ? mishap : EdgeMishaps.Mishap.NONE,
        () -> now);
  }

  private static WebServer serve(Edge edge) {
    try {
      return WebServer.start(0, 10_000, edge);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void restart(long cacheBytes) {
    close();
    edge = edge(cacheBytes);
    server = serve(edge);
  }

  @AfterEach
  void close() {
    server.close();
    edge.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.address().resolve(path))
        .timeout(Duration.ofSeconds(10))
        .header("graft-token", "any");
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(String path, String range)
      throws IOException, InterruptedException {
    return send(request(path).header("range", range).build());
  }

  private byte[] object(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    origin.objects.put(PATH, bytes);
    return bytes;
  }

  private static String cache(HttpResponse<?> response) {
    return response.headers().firstValue("x-cache").orElse("");
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void get_ofARange_asksTheOriginForWholePieces_andASecondReaderHits()
      throws IOException, InterruptedException {
    byte[] bytes = object(5_500);
    HttpResponse<byte[]> first = get(PATH, "bytes=1200-2100");
    assertThat(first.statusCode()).isEqualTo(206);
    assertThat(first.body()).isEqualTo(Arrays.copyOfRange(bytes, 1_200, 2_101));
    assertThat(header(first, "content-range")).isEqualTo("bytes 1200-2100/5500");
    assertThat(header(first, "cache-control")).contains("immutable");
    assertThat(cache(first)).isEqualTo("Miss from edge");
    assertThat(header(first, "age")).isEmpty();
    assertThat(origin.asked).containsExactly(new FakeOrigin.Asked(PATH, 1_000, 2_000));

    now = now.plusSeconds(42);
    HttpResponse<byte[]> second =
        send(
            request(PATH)
                .setHeader("graft-token", "other")
                .header("range", "bytes=1000-2999")
                .build());
    assertThat(second.body()).isEqualTo(Arrays.copyOfRange(bytes, 1_000, 3_000));
    assertThat(cache(second)).isEqualTo("Hit from edge");
    assertThat(header(second, "age")).isEqualTo("42");
    assertThat(origin.asked).hasSize(1);
    EdgeCounts counts = edge.counts();
    assertThat(counts.hits()).isEqualTo(1);
    assertThat(counts.misses()).isEqualTo(1);
    assertThat(counts.originRequests()).isEqualTo(1);
    assertThat(counts.originBytes()).isEqualTo(2_000);
    assertThat(counts.rangeBytes()).isEqualTo(901 + 2_000);
    assertThat(commands).isEmpty();
  }

  @Test
  void get_overTheEnd_isClipped_andBehindTheEndIs416() throws IOException, InterruptedException {
    byte[] bytes = object(2_500);
    HttpResponse<byte[]> clipped = get(PATH, "bytes=2400-9999");
    assertThat(clipped.statusCode()).isEqualTo(206);
    assertThat(clipped.body()).isEqualTo(Arrays.copyOfRange(bytes, 2_400, 2_500));
    assertThat(header(clipped, "content-range")).isEqualTo("bytes 2400-2499/2500");
    for (String behind : List.of("bytes=2500-2600", "bytes=7000-7001", "bytes=999999999999999-")) {
      HttpResponse<byte[]> refused = get(PATH, behind);
      assertThat(refused.statusCode()).as(behind).isEqualTo(416);
      assertThat(header(refused, "content-range")).isEqualTo("bytes */2500");
    }
    assertThat(get(PATH, "bytes=2000-").body()).isEqualTo(Arrays.copyOfRange(bytes, 2_000, 2_500));
  }

  @Test
  void get_withoutARange_orWithSeveral_isTheWholeObject() throws IOException, InterruptedException {
    byte[] bytes = object(9_500);
    HttpResponse<byte[]> whole = send(request(PATH).build());
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(bytes);
    // Ten pieces, four at a time.
    assertThat(origin.asked).hasSize(3);
    for (String range :
        List.of("bytes=0-9,20-29", "bytes=-5", "bytes=9-3", "lines=1-2", "bytes=a-b")) {
      HttpResponse<byte[]> response = get(PATH, range);
      assertThat(response.statusCode()).as(range).isEqualTo(200);
      assertThat(response.body()).isEqualTo(bytes);
      assertThat(cache(response)).isEqualTo("Hit from edge");
    }
  }

  @Test
  void get_fromAnOriginWithoutRanges_isTheWholeObject_andLaterRangesAreHits()
      throws IOException, InterruptedException {
    byte[] bytes = object(5_500);
    origin.ignoresRanges = true;
    HttpResponse<byte[]> first = get(PATH, "bytes=3100-3200");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo(bytes);
    HttpResponse<byte[]> second = get(PATH, "bytes=10-20");
    assertThat(second.statusCode()).isEqualTo(206);
    assertThat(second.body()).isEqualTo(Arrays.copyOfRange(bytes, 10, 21));
    assertThat(cache(second)).isEqualTo("Hit from edge");
    assertThat(origin.asked).hasSize(1);
  }

  @Test
  void get_ofTheSamePieceByMany_asksTheOriginOnce() throws Exception {
    byte[] bytes = object(900);
    CountDownLatch held = new CountDownLatch(1);
    origin.meanwhile = () -> await(held);
    int readers = 20;
    List<Future<HttpResponse<byte[]>>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < readers; i++) {
        all.add(threads.submit(() -> get(PATH, "bytes=100-299")));
      }
      while (edge.waiting() < readers - 1) {
        Thread.onSpinWait();
      }
      held.countDown();
      for (Future<HttpResponse<byte[]>> one : all) {
        assertThat(one.get().body()).isEqualTo(Arrays.copyOfRange(bytes, 100, 300));
      }
    }
    EdgeCounts counts = edge.counts();
    assertThat(counts.originRequests()).isEqualTo(1);
    assertThat(counts.misses()).isEqualTo(readers);
    assertThat(counts.collapsed()).isEqualTo(readers - 1);
  }

  @Test
  void get_ofAMissingObject_is404AndNeverKept() throws IOException, InterruptedException {
    assertThat(get(PATH, "bytes=0-9").statusCode()).isEqualTo(404);
    HttpResponse<byte[]> again = get(PATH, "bytes=0-9");
    assertThat(again.statusCode()).isEqualTo(404);
    assertThat(header(again, "content-type")).isEqualTo("application/problem+json");
    assertThat(origin.asked).hasSize(2);
    object(100);
    assertThat(get(PATH, "bytes=0-9").statusCode()).isEqualTo(206);
  }

  @Test
  void get_fromAFailingOrigin_is502AndNeverKept_andFromASlowOneIs504()
      throws IOException, InterruptedException {
    object(100);
    origin.fails = true;
    HttpResponse<byte[]> failed = get(PATH, "bytes=0-9");
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(header(failed, "content-type")).isEqualTo("application/problem+json");
    assertThat(header(failed, "graft-time")).isNotEmpty();
    assertThat(failed.body()).asString().contains("\"code\":\"unavailable\"");
    origin.fails = false;
    origin.meanwhile =
        () -> {
          throw new IllegalStateException("as was asked for");
        };
    assertThat(get(PATH, "bytes=0-9").statusCode()).isEqualTo(502);
    CountDownLatch never = new CountDownLatch(1);
    origin.meanwhile = () -> await(never);
    assertThat(get(PATH, "bytes=0-9").statusCode()).isEqualTo(504);
    never.countDown();
    origin.meanwhile = () -> {};
    HttpResponse<byte[]> well = get(PATH, "bytes=0-9");
    assertThat(well.statusCode()).isEqualTo(206);
    assertThat(cache(well)).isEqualTo("Miss from edge");
  }

  @Test
  void cache_neverHoldsMoreThanItsBound_andDropsWhatWasUsedLeastLately()
      throws IOException, InterruptedException {
    restart(3 * PIECE);
    object(10_000);
    get(PATH, "bytes=0-9");
    get(PATH, "bytes=1000-1009");
    get(PATH, "bytes=2000-2009");
    get(PATH, "bytes=0-9");
    get(PATH, "bytes=3000-3009");
    assertThat(edge.counts().cachedBytes()).isEqualTo(3 * PIECE);
    assertThat(edge.counts().evictedBytes()).isEqualTo(PIECE);
    assertThat(cache(get(PATH, "bytes=0-9"))).isEqualTo("Hit from edge");
    assertThat(cache(get(PATH, "bytes=1000-1009"))).isEqualTo("Miss from edge");
    byte[] whole = send(request(PATH).build()).body();
    assertThat(whole).isEqualTo(origin.objects.get(PATH));
    assertThat(edge.counts().cachedBytes()).isLessThanOrEqualTo(3 * PIECE);
  }

  @Test
  void head_givesTheLength_withoutABody() throws IOException, InterruptedException {
    object(2_500);
    HttpRequest head = request(PATH).method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    HttpResponse<byte[]> first = send(head);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(header(first, "content-length")).isEqualTo("2500");
    assertThat(first.body()).isEmpty();
    get(PATH, "bytes=0-9");
    assertThat(cache(send(head))).isEqualTo("Hit from edge");
    origin.objects.clear();
    assertThat(
            send(request("/v1/volumes/vol-a/log/0")
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build())
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void post_goesToTheFunctions_withItsHeaders_andIsNeverKept()
      throws IOException, InterruptedException {
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> response =
          send(
              request(COMMITS)
                  .header("x-amz-content-sha256", "abc")
                  .POST(HttpRequest.BodyPublishers.ofString("same"))
                  .build());
      assertThat(response.body()).asString().isEqualTo("same");
      assertThat(cache(response)).isEqualTo("Miss from edge");
    }
    assertThat(commands).hasSize(2);
    assertThat(commands.getFirst().headers())
        .containsEntry("x-amz-content-sha256", "abc")
        .containsEntry("graft-token", "any");
    assertThat(origin.asked).isEmpty();
    assertThat(edge.counts().commands()).isEqualTo(2);
  }

  @Test
  void post_toAnObject_isRefused_becauseAPathHasOneOrigin()
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        send(request(PATH).POST(HttpRequest.BodyPublishers.ofString("bytes")).build());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(commands).isEmpty();
  }

  @Test
  void post_withTooLargeABody_is413_andReachesNoFunction()
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        send(
            request(COMMITS)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[10_001]))
                .build());
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).asString().contains("\"code\":\"misuse\"");
    assertThat(commands).isEmpty();
  }

  @Test
  void check_runsOnHitsToo() throws IOException, InterruptedException {
    object(100);
    get(PATH, "bytes=0-9");
    HttpResponse<byte[]> refused =
        send(
            HttpRequest.newBuilder(server.address().resolve(PATH))
                .header("range", "bytes=0-9")
                .build());
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(cache(refused)).isEqualTo("Error from edge");
    assertThat(edge.counts().refused()).isEqualTo(1);
    assertThat(edge.counts().hits()).isZero();
  }

  @Test
  void mishap_loseAnswer_comesAfterTheFunction_andLoseRequestBefore() throws Exception {
    HttpRequest post = request(COMMITS).POST(HttpRequest.BodyPublishers.ofString("x")).build();
    mishap = EdgeMishaps.Mishap.LOSE_REQUEST;
    mishapsLeft.set(1);
    assertThatThrownBy(() -> send(post)).isInstanceOf(IOException.class);
    assertThat(commands).isEmpty();
    mishap = EdgeMishaps.Mishap.LOSE_ANSWER;
    mishapsLeft.set(1);
    assertThatThrownBy(() -> send(post)).isInstanceOf(IOException.class);
    assertThat(commands).hasSize(1);
    mishap = EdgeMishaps.Mishap.CUT_ANSWER;
    mishapsLeft.set(1);
    assertThatThrownBy(() -> send(post)).isInstanceOf(IOException.class);
    mishap = EdgeMishaps.Mishap.TIME_OUT;
    mishapsLeft.set(1);
    assertThat(send(post).statusCode()).isEqualTo(504);
    assertThat(commands).hasSize(3);
    assertThat(send(post).statusCode()).isEqualTo(200);
  }

  @Test
  void get_whoseLaterPieceFails_breaksOff() throws IOException, InterruptedException {
    object(9_500);
    origin.meanwhile =
        () -> {
          synchronized (origin.asked) {
            origin.fails = origin.asked.size() > 1;
          }
        };
    assertThatThrownBy(() -> send(request(PATH).build())).isInstanceOf(IOException.class);
    origin.meanwhile = () -> {};
    origin.fails = false;
    assertThat(send(request(PATH).build()).body()).isEqualTo(origin.objects.get(PATH));
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("waited for too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
