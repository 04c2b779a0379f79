package dev.graft.localstack.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes on sockets: what is no request, what is too much or too slow, and the end. */
@Timeout(60)
class WebServerTest {
  private static final int MAX_BODY = 100_000;
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String HOST = "\r\nhost: a\r\n";

  private final List<WebRequest> handled = Collections.synchronizedList(new ArrayList<>());
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> sockets = new ArrayList<>();
  private final CountDownLatch inHandler = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private WebServer server = serve(WebOptions.of(MAX_BODY));

  private WebServer serve(WebOptions options) {
    try {
      return WebServer.start(
          0, options, () -> Instant.parse("2026-01-01T00:00:00Z"), failures::add, this::answer);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Looks at the path alone unless that asks for more. */
  private WebAnswer answer(WebRequest request) {
    handled.add(request);
    return switch (request.path()) {
      case "/echo" -> new WebAnswer.Response(200, Map.of(), Body.of(request.body()));
      case "/slow" -> {
        inHandler.countDown();
        try {
          assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        yield new WebAnswer.Response(200, Map.of(), Body.of(new byte[] {'!'}));
      }
      case "/large" -> new WebAnswer.Response(200, Map.of(), Body.of(new byte[64 << 20]));
      case "/fails" -> throw new IllegalStateException("as was asked for");
      default ->
          new WebAnswer.Response(200, Map.of(), Body.of("ok".getBytes(StandardCharsets.US_ASCII)));
    };
  }

  private void restart(WebOptions options) {
    server.close();
    server = serve(options);
  }

  @AfterEach
  void close() throws IOException {
    goOn.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.address().getPort());
    socket.setSoTimeout(20_000);
    sockets.add(socket);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Sends bytes and waits for the end of the connection. */
  private String talk(String text) throws IOException {
    try (Socket socket = connect()) {
      write(socket, text);
      return rest(socket);
    }
  }

  private static void invitation(Socket socket) throws IOException {
    String wanted = "HTTP/1.1 100 Continue\r\n\r\n";
    byte[] came = socket.getInputStream().readNBytes(wanted.length());
    assertThat(new String(came, StandardCharsets.US_ASCII)).isEqualTo(wanted);
  }

  private static String last(String line, String headers, String body) {
    return line + HOST + "connection: close\r\n" + headers + "\r\n" + body;
  }

  private void assertRefused(int status, String request) throws IOException {
    String answer = talk(request);
    String shown = request.substring(0, Math.min(80, request.length()));
    assertThat(answer).as("%s", shown).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer)
        .contains("content-type: application/problem+json\r\n", "\"status\":" + status)
        .contains("graft-time: 2026-01-01T00:00:00.000Z\r\n", "connection: close\r\n")
        .doesNotContain("Exception")
        .doesNotContain("\tat ");
    assertThat(handled).as("%s", shown).isEmpty();
  }

  @Test
  void head_thatIsNoHttp_isA4xxProblemDocument_andReachesNoHandler() throws IOException {
    List<String> lines =
        List.of(
            "GET /a\u0000b HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET /a\u00ff HTTP/1.1",
            "GET /a HTTP/9.9",
            "GET /a HTTP/2.0",
            "GET  /a HTTP/1.1",
            "GET /a",
            "G@T /a HTTP/1.1",
            "\u0016\u0003\u0001\u0002");
    for (String line : lines) {
      assertRefused(400, line + HOST + "\r\n");
    }
    assertRefused(400, "GET /a HTTP/1.1\r\n\r\n");
    assertRefused(400, "GET /a HTTP/1.1\r\nhost: a\nx: y\r\n\r\n");
    List<String> headers =
        List.of(
            "content-length: abc",
            "content-length: -1",
            "content-length: +1",
            "content-length: 99999999999999999999999",
            "content-length: 2\r\ncontent-length: 2",
            "content-length: 2\r\ntransfer-encoding: chunked",
            "transfer-encoding: gzip",
            "transfer-encoding: gzip, chunked",
            "host: other",
            "no colon",
            " folded: x",
            "spaced : x",
            ": nameless",
            "x: \u0000");
    for (String header : headers) {
      assertRefused(400, "POST /a HTTP/1.1" + HOST + header + "\r\n\r\n{}");
    }
    assertRefused(414, "GET /" + "a".repeat(9_000) + " HTTP/1.1" + HOST + "\r\n");
    assertRefused(431, "GET /a HTTP/1.1" + HOST + "x: " + "a".repeat(9_000) + "\r\n\r\n");
    assertRefused(431, "GET /a HTTP/1.1" + HOST + "x: y\r\n".repeat(200) + "\r\n");
    assertRefused(431, "GET /a HTTP/1.1" + HOST + ("x: " + "a".repeat(8_000) + "\r\n").repeat(9));
    assertThat(failures).isEmpty();
  }

  @Test
  void path_isHandedOnAsItStands() throws IOException {
    for (String path : List.of("/v1/%zz", "/v1/|<>", "*", "v1/x", "//h/p", "/a#b", "/a?")) {
      assertThat(talk(last("OPTIONS " + path + " HTTP/1.1", "", ""))).startsWith("HTTP/1.1 200 ");
      assertThat(handled.removeLast().path()).isEqualTo(path);
    }
    talk(last("GET http://other:8/a?b=c HTTP/1.1", "", ""));
    assertThat(handled.getLast().path()).isEqualTo("/a");
    assertThat(handled.getLast().query()).isEqualTo("b=c");
  }

  @Test
  void randomBytes_neverGet5xx() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good =
        last("POST /echo HTTP/1.1", "content-length: 2\r\n", "{}")
            .getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try (Socket socket = connect()) {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        assertThat(rest(socket)).as("seed %d, round %d", seed, i).doesNotStartWith("HTTP/1.1 5");
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void body_inChunks_isPutTogether_andGarbageIs400() throws IOException {
    String coding = "transfer-encoding: chunked\r\n";
    String line = "POST /echo HTTP/1.1";
    assertThat(talk(last(line, coding, "2\r\nab\r\nA;x=y\r\n0123456789\r\n0\r\nx: y\r\n\r\n")))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\nab0123456789");
    for (String body :
        List.of("ZZ\r\n", "-5\r\n", "FFFFFFFFFFFFFFFF\r\n", "2\r\nabc\r\n0\r\n\r\n")) {
      assertThat(talk(last(line, coding, body))).as(body).startsWith("HTTP/1.1 400 ");
    }
    assertThat(talk(last(line, coding, "FFFFFFF\r\n"))).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void body_thatNobodyAskedFor_isNotWaitedFor() throws IOException {
    String head = "POST /nothing HTTP/1.1" + HOST + "content-length: 50000000\r\n\r\n";
    assertThat(talk(head)).startsWith("HTTP/1.1 200 ").contains("connection: close");
    String large =
        "POST /echo HTTP/1.1" + HOST + "graft-request: me\r\ncontent-length: 50000000\r\n\r\n";
    assertThat(talk(large))
        .startsWith("HTTP/1.1 413 ")
        .contains("graft-request: me\r\n", "graft-time: ", "\"code\":\"misuse\"");
  }

  @Test
  void bodies_inFlight_areBounded_andTheRestIsAskedToComeAgain() throws IOException {
    restart(WebOptions.of(MAX_BODY).withRoom(MAX_BODY, SHORT));
    String head = "POST /echo HTTP/1.1" + HOST + "content-length: 60000\r\n";
    String expecting = head + "expect: 100-continue\r\nconnection: close\r\n\r\n";
    Socket first = connect();
    write(first, expecting);
    // Whoever is invited has room.
    invitation(first);
    write(first, "x".repeat(59_999));
    Socket second = connect();
    write(second, expecting);
    assertThat(rest(second))
        .startsWith("HTTP/1.1 503 ")
        .contains("retry-after: 1\r\n", "\"code\":\"unavailable\"", "\"retryAfter\":1");
    write(first, "x");
    assertThat(rest(first)).startsWith("HTTP/1.1 200 ").contains("content-length: 60000\r\n");
    assertThat(talk(head + "connection: close\r\n\r\n" + "x".repeat(60_000)))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void expectation_ofContinue_isInvited() throws IOException {
    Socket socket = connect();
    write(socket, last("POST /echo HTTP/1.1", "content-length: 2\r\nexpect: 100-continue\r\n", ""));
    invitation(socket);
    write(socket, "ab");
    assertThat(rest(socket)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nab");
  }

  @Test
  void requests_oneAfterTheOther_shareAConnection() throws IOException {
    Socket socket = connect();
    String one = "POST /echo HTTP/1.1" + HOST + "content-length: 2\r\n\r\nab";
    String unread = "POST /nothing HTTP/1.1" + HOST + "content-length: 2\r\n\r\nab";
    String head = "HEAD /nothing HTTP/1.1" + HOST + "\r\n";
    write(socket, one + unread + head + last("GET /end HTTP/1.1", "", ""));
    String answers = rest(socket);
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(5);
    assertThat(handled).hasSize(4);
  }

  @Test
  void halfARequest_isGivenUp() throws IOException {
    restart(WebOptions.of(MAX_BODY).withPatience(SHORT, SHORT, SHORT));
    assertThat(talk("GET /a HTT")).startsWith("HTTP/1.1 408 ").contains("problem+json");
    assertThat(talk("POST /echo HTTP/1.1" + HOST + "content-length: 5\r\n\r\nab"))
        .startsWith("HTTP/1.1 408 ");
  }

  @Test
  void answer_thatNobodyTakes_isGivenUp() throws IOException, InterruptedException {
    restart(WebOptions.of(MAX_BODY).withPatience(SHORT, SHORT, SHORT));
    Socket socket = connect();
    write(socket, "GET /large HTTP/1.1" + HOST + "\r\n");
    InputStream in = socket.getInputStream();
    assertThat(in.read()).isEqualTo('H');
    // The server is closed at once when nothing is on its way any more.
    Instant start = Instant.now();
    server.close();
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(8));
    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void failure_ofAHandler_isToldToTheLogAlone() throws IOException {
    assertThat(talk(last("GET /fails HTTP/1.1", "", "")))
        .startsWith("HTTP/1.1 500 ")
        .contains("\"code\":\"unavailable\"")
        .doesNotContain("as was asked for");
    assertThat(failures).singleElement().asString().contains("as was asked for");
  }

  @Test
  void close_waitsForRequestsOnTheirWay_andTakesNoNewOnes()
      throws IOException, InterruptedException {
    Socket busy = connect();
    write(busy, "GET /slow HTTP/1.1" + HOST + "\r\n");
    assertThat(inHandler.await(20, TimeUnit.SECONDS)).isTrue();
    Socket idle = connect();
    write(idle, "GET /a HTTP/1.1" + HOST + "\r\n");
    assertThat(idle.getInputStream().read()).isEqualTo('H');
    Socket waiting = connect();
    Thread closing = Thread.ofPlatform().start(server::close);
    write(waiting, "GET /b HTTP/1.1" + HOST + "\r\n");
    assertThat(rest(waiting)).startsWith("HTTP/1.1 200 ").endsWith("ok");
    assertThat(rest(idle)).endsWith("ok");
    assertThat(closing.isAlive()).isTrue();
    goOn.countDown();
    assertThat(rest(busy)).startsWith("HTTP/1.1 200 ").contains("connection: close").endsWith("!");
    closing.join();
    assertThat(server.address().getPort()).isPositive();
  }
}
