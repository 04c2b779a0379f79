package dev.graft.client.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.http.ForkAnswer;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.LogAnswer;
import dev.graft.http.LogRequest;
import dev.graft.http.Message;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.LogPage;
import dev.graft.protocol.remote.RangeOutcome;
import dev.graft.protocol.remote.Remote;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code docs/http.md} over a remote of the same process, on 127.0.0.1, for tests: what is asked,
 * how often, and what goes wrong with it is in the test's hands.
 */
public final class HttpFace implements AutoCloseable {
  /** Chooses what goes wrong with a request. */
  public interface Plan {
    /**
     * Called once for each request, before anything is done.
     *
     * @param route null for a presigned upload
     */
    Fault fault(@Nullable Route route);
  }

  private static final Fault NONE = new Fault.None();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Remote target;
  private final Function<FrameOwner, byte @Nullable []> objects;
  private final Map<String, Uploaded> presigned = new ConcurrentHashMap<>();

  /** What was asked, in order. */
  public final Queue<Route> asked = new ConcurrentLinkedQueue<>();

  /** The headers of the last request. */
  public volatile com.sun.net.httpserver.Headers lastHeaders = new com.sun.net.httpserver.Headers();

  /** How many faults happened. */
  public final AtomicInteger faults = new AtomicInteger();

  /** Presigned uploads that were tried. */
  public final AtomicInteger puts = new AtomicInteger();

  public volatile Plan plan = route -> NONE;

  /** When not null, the token that every request must show. */
  public volatile @Nullable String token;

  /** When not null, the token that a fork's answer brings. */
  public volatile @Nullable String childToken;

  /** The most commits of one log page. */
  public volatile int logCommits = Integer.MAX_VALUE;

  private record Uploaded(Route.Uploads route, SegmentEntry entry) {}

  /**
   * Starts on a free port.
   *
   * @param objects the whole of an immutable object, or null when there is none
   */
  public HttpFace(Remote target, Function<FrameOwner, byte @Nullable []> objects)
      throws IOException {
    this.target = target;
    this.objects = objects;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Where it answers. */
  public RemoteAddress address() {
    return RemoteAddress.parse("http://127.0.0.1:" + server.getAddress().getPort(), false);
  }

  /** One fault after the other, then none. */
  void planned(Fault... next) {
    Queue<Fault> queue = new ConcurrentLinkedQueue<>(List.of(next));
    plan =
        route -> {
          Fault fault = queue.poll();
          return fault == null ? NONE : fault;
        };
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getRawPath();
      String method = exchange.getRequestMethod();
      lastHeaders = exchange.getRequestHeaders();
      if (path.startsWith("/put/")) {
        handle(exchange, null, () -> put(exchange, body));
        return;
      }
      Route route = Route.parse(method, path).orElse(null);
      if (route == null) {
        problem(exchange, Problem.of(Code.NOT_FOUND, 404, "there is no such path"));
        return;
      }
      asked.add(route);
      handle(exchange, route, () -> answer(exchange, route, body));
    }
  }

  private interface Work {
    Answer run() throws IOException;
  }

  private record Answer(int status, String type, byte[] body, @Nullable String range) {}

  private void handle(HttpExchange exchange, @Nullable Route route, Work work) throws IOException {
    Fault fault = plan.fault(route);
    if (!(fault instanceof Fault.None)) {
      faults.incrementAndGet();
    }
    switch (fault) {
      case Fault.DropBefore drop -> {}
      case Fault.Hangs hangs -> hang();
      case Fault.Status(int status, int retryAfterSeconds) -> {
        if (retryAfterSeconds > 0) {
          exchange.getResponseHeaders().set(Headers.RETRY_AFTER, "" + retryAfterSeconds);
        }
        send(exchange, new Answer(status, "text/html", "<html>no</html>".getBytes(), null), false);
      }
      case Fault.DropAfter drop -> work.run();
      case Fault.DoneButStatus(int status) -> {
        work.run();
        send(exchange, new Answer(status, "text/html", new byte[0], null), false);
      }
      case Fault.Garbage garbage -> {
        work.run();
        exchange.getResponseHeaders().set(Headers.TIME, Instant.now().toString());
        send(exchange, new Answer(200, Headers.JSON, "{\"x\":".getBytes(), null), false);
      }
      case Fault.Truncated cut -> send(exchange, work.run(), true);
      case Fault.Whole w -> send(exchange, ranged(exchange, route, fault, work), false);
      case Fault.Larger l -> send(exchange, ranged(exchange, route, fault, work), false);
      case Fault.Shorter s -> send(exchange, ranged(exchange, route, fault, work), false);
      case Fault.WrongRange w -> send(exchange, ranged(exchange, route, fault, work), false);
      case Fault.None none -> send(exchange, work.run(), false);
    }
  }

  private void hang() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer ranged(HttpExchange exchange, @Nullable Route route, Fault fault, Work work)
      throws IOException {
    return route instanceof Route.OfObject object ? range(exchange, object, fault) : work.run();
  }

  private void problem(HttpExchange exchange, Problem problem) throws IOException {
    send(exchange, said(problem), false);
  }

  private static Answer said(Problem problem) {
    return new Answer(problem.status(), Headers.PROBLEM, Messages.problem().encode(problem), null);
  }

  private static <T> Answer said(Message<T> message, T value) {
    return new Answer(200, Headers.JSON, message.encode(value), null);
  }

  private static void send(HttpExchange exchange, Answer answer, boolean cut) throws IOException {
    exchange.getResponseHeaders().set(Headers.CONTENT_TYPE, answer.type());
    if (!answer.type().equals("text/html")) {
      exchange.getResponseHeaders().set(Headers.TIME, Instant.now().toString());
    }
    if (answer.range() != null) {
      exchange.getResponseHeaders().set(Headers.CONTENT_RANGE, answer.range());
    }
    int length = answer.body().length;
    exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
    if (length > 0) {
      OutputStream out = exchange.getResponseBody();
      out.write(answer.body(), 0, cut ? length / 2 : length);
      out.flush();
      if (!cut) {
        out.close();
      }
    }
  }

  private Answer answer(HttpExchange exchange, Route route, byte[] body) {
    String needed = token;
    String shown = exchange.getRequestHeaders().getFirst(Headers.TOKEN);
    if (needed != null && !needed.equals(shown)) {
      return said(
          Problem.of(Code.UNAUTHORIZED, shown == null ? 401 : 403, "the token does not do"));
    }
    if (exchange.getRequestMethod().equals("POST")
        && !Hash.sha256(body)
            .toString()
            .equals(exchange.getRequestHeaders().getFirst(Headers.CONTENT_SHA256))) {
      return said(Problem.of(new GraftException.Misuse("the body has another hash")));
    }
    try {
      return answer(route, exchange, body);
    } catch (GraftException e) {
      return said(Problem.of(e));
    }
  }

  private Answer answer(Route route, HttpExchange exchange, byte[] body) {
    return switch (route) {
      case Route.Create c ->
          said(Messages.volumeInfo(), target.createVolume(Messages.createVolume().decode(body)));
      case Route.Info(var volume) -> said(Messages.volumeInfo(), target.volume(volume));
      case Route.Changes(var volume) -> {
        var request = Messages.changesRequest(volume).decode(body);
        yield switch (target.changesSince(request)) {
          case ChangesOutcome.Changed(var graft) -> said(Messages.graft(), graft);
          case ChangesOutcome.Diverged diverged -> said(Problem.of(diverged));
        };
      }
      case Route.Log(var volume) -> {
        LogRequest asked = Messages.logRequest().decode(body);
        int max = Math.min(asked.max(), logCommits);
        LogPage page = target.log(volume, asked.newest(), max);
        boolean more = max < asked.max() && page.commits().size() == max;
        yield said(Messages.logPage(), new LogAnswer(page, more));
      }
      case Route.State(var volume) -> said(Messages.volumeState(), target.state(volume));
      case Route.Upload(var volume, var segment) -> {
        if (body.length > HttpLimits.MAX_UPLOAD_BYTES) {
          yield said(Problem.of(Code.MISUSE, 413, "too long"));
        }
        yield said(Messages.uploadReceipt(), target.upload(volume, segment, body));
      }
      case Route.Uploads uploads -> {
        SegmentEntry entry = Messages.uploadsRequest().decode(body);
        presigned.put("/put/" + entry.id(), new Uploaded(uploads, entry));
        yield said(
            Messages.presigned(),
            new UploadsAnswer.Presigned(
                URI.create(address() + "/put/" + entry.id()),
                Map.of("If-None-Match", "*", "X-Sum", entry.sha256().toString()),
                Instant.now().plusSeconds(900),
                Instant.now()));
      }
      case Route.Commits(var volume) -> {
        var request = Messages.commitRequest(volume).decode(body);
        yield switch (target.commit(request)) {
          case CommitOutcome.Committed committed -> said(Messages.committed(), committed);
          case CommitOutcome.Conflict conflict -> said(Problem.of(conflict));
        };
      }
      case Route.Fork(var volume) ->
          said(
              Messages.forked(),
              new ForkAnswer(target.fork(Messages.forkRequest(volume).decode(body)), childToken));
      case Route.Retain(var volume) ->
          said(Messages.retained(), target.retain(Messages.retainRequest(volume).decode(body)));
      case Route.Waiting(var volume) -> said(Messages.waiting(), target.waiting(volume));
      case Route.Delete(var volume) -> said(Messages.volumeState(), target.delete(volume));
      case Route.Tokens t -> said(Problem.of(new GraftException.Misuse("no tokens here")));
      case Route.Revoke r -> said(Problem.of(new GraftException.Misuse("no tokens here")));
      case Route.OfObject object -> range(exchange, object, NONE);
    };
  }

  private Answer range(HttpExchange exchange, Route.OfObject object, Fault fault) {
    byte[] whole = objects.apply(object.owner());
    if (whole == null) {
      return said(Problem.of(Code.NOT_FOUND, 404, "there is no such object"));
    }
    String[] ends =
        exchange
            .getRequestHeaders()
            .getFirst(Headers.RANGE)
            .substring("bytes=".length())
            .split("-");
    int first = Integer.parseInt(ends[0]);
    int last = Math.min(Integer.parseInt(ends[1]), whole.length - 1);
    if (first >= whole.length) {
      return new Answer(416, "text/html", new byte[0], null);
    }
    switch (fault) {
      case Fault.Whole w -> {
        return new Answer(200, Headers.BYTES, whole, null);
      }
      case Fault.Larger(int bytes) -> {
        first = Math.max(0, first - bytes);
        last = Math.min(whole.length - 1, last + bytes);
      }
      case Fault.Shorter(int bytes) -> last = Math.min(last, first + bytes - 1);
      case Fault.WrongRange w -> {
        first = last + 1 < whole.length ? last + 1 : 0;
        last = first;
      }
      default -> {}
    }
    if (!(target.readRange(object.owner(), first, last + 1 - first)
        instanceof RangeOutcome.Found(byte[] bytes))) {
      return said(Problem.of(Code.NOT_FOUND, 404, "there is no such object"));
    }
    return new Answer(
        206, Headers.BYTES, bytes, "bytes " + first + "-" + last + "/" + whole.length);
  }

  /** As a store does with a presigned upload. */
  private Answer put(HttpExchange exchange, byte[] body) {
    puts.incrementAndGet();
    Uploaded uploaded = presigned.get(exchange.getRequestURI().getRawPath());
    String sum = exchange.getRequestHeaders().getFirst("x-sum");
    if (uploaded == null
        || exchange.getRequestHeaders().getFirst(Headers.TOKEN) != null
        || !"*".equals(exchange.getRequestHeaders().getFirst("if-none-match"))
        || !Hash.sha256(body).toString().equals(sum)
        || body.length != uploaded.entry().lengthBytes()) {
      return new Answer(403, "application/xml", "<Error/>".getBytes(StandardCharsets.UTF_8), null);
    }
    var volume = uploaded.route().volume();
    var id = uploaded.entry().id();
    if (objects.apply(new FrameOwner.InSegment(volume, id)) != null) {
      return new Answer(412, "application/xml", "<Error/>".getBytes(StandardCharsets.UTF_8), null);
    }
    target.upload(volume, id, body);
    return new Answer(200, "application/xml", new byte[0], null);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
