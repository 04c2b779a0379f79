package dev.graft.localstack.edge;

import dev.graft.localstack.edge.EdgeMishaps.Mishap;
import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebHandler;
import dev.graft.localstack.web.WebRequest;
import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Behaves as the content delivery network does for us (docs/http.md): every request passes the
 * viewer check; objects are answered from a cache of ranges whose key is the path alone, and from
 * the store; every other path goes on to the functions, and what they answer is never kept. A
 * missing object and a failure are never kept either.
 *
 * <p>{@code x-cache} says where an answer came from and {@code age} how many seconds ago. Several
 * ranges in one request are no range: the answer is the whole object.
 */
public final class Edge implements WebHandler, AutoCloseable {
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";
  private static final String VOLUMES = "/v1/volumes/";
  private static final AskedRange WHOLE = new AskedRange(0, Long.MAX_VALUE);
  private static final String HIT = "Hit from edge";
  private static final String MISS = "Miss from edge";
  private static final String ERROR = "Error from edge";

  private final ViewerCheck check;
  private final WebHandler functions;
  private final EdgeOptions options;
  private final EdgeMishaps mishaps;
  private final InstantSource clock;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final RangeCache cache;
  private final LongAdder requests = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder commands = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder collapsed = new LongAdder();
  private final LongAdder rangeBytes = new LongAdder();

  /**
   * Makes an edge; a server is put in front of it by the caller.
   *
   * @param check runs first, always
   * @param functions answers every path that is not an object's
   * @param objects answers those
   */
  public Edge(
      ViewerCheck check,
      WebHandler functions,
      ObjectOrigin objects,
      EdgeOptions options,
      EdgeMishaps mishaps,
      InstantSource clock) {
    this.check = check;
    this.functions = functions;
    this.options = options;
    this.mishaps = mishaps;
    this.clock = clock;
    this.cache = new RangeCache(objects, options, clock, threads);
  }

  /** How many readers wait at this moment for what another one fetches. */
  int waiting() {
    return cache.waiting();
  }

  /** What it did until now. */
  public EdgeCounts counts() {
    EdgeCounts behind = cache.counts();
    return new EdgeCounts(
        requests.sum(),
        refused.sum(),
        commands.sum(),
        hits.sum(),
        misses.sum(),
        collapsed.sum(),
        behind.originRequests(),
        behind.originBytes(),
        rangeBytes.sum(),
        behind.evictedBytes(),
        behind.cachedBytes());
  }

  @Override
  public WebAnswer handle(WebRequest request) {
    requests.increment();
    Optional<WebAnswer.Response> no = check.refuse(request);
    if (no.isPresent()) {
      refused.increment();
      return no.get().with("x-cache", ERROR);
    }
    Mishap mishap = mishaps.next(request);
    if (mishap == Mishap.LOSE_REQUEST) {
      return new WebAnswer.Dropped();
    }
    WebAnswer answer =
        isObject(request.path())
            ? switch (request.method()) {
              case "GET" -> range(request);
              case "HEAD" -> head(request);
              default ->
                  WebAnswer.problem(405, Code.MISUSE, "objects are only read: use GET or HEAD")
                      .with("x-cache", ERROR);
            }
            : command(request);
    return switch (mishap) {
      case NONE, LOSE_REQUEST -> answer;
      case LOSE_ANSWER -> new WebAnswer.Dropped();
      case CUT_ANSWER ->
          answer instanceof WebAnswer.Response response
              ? new WebAnswer.Cut(response, response.body().length() / 2)
              : answer;
      case TIME_OUT -> failed(504, "the function took longer than the edge waits");
    };
  }

  /** One path has one origin, whatever the method. */
  private static boolean isObject(String path) {
    int id = path.startsWith(VOLUMES) ? path.indexOf('/', VOLUMES.length()) : -1;
    return id > 0 && (path.startsWith("/segments/", id) || path.startsWith("/log/", id));
  }

  private WebAnswer command(WebRequest request) {
    commands.increment();
    request.body(); // what cannot be taken here reaches no function
    return switch (functions.handle(request)) {
      case WebAnswer.Response response -> response.with("x-cache", MISS);
      // What a function's address breaks off never reaches the viewer in part.
      case WebAnswer.Dropped _, WebAnswer.Cut _ -> failed(502, "the function's answer was lost");
    };
  }

  private WebAnswer.Response range(WebRequest request) {
    Optional<AskedRange> range = AskedRange.of(request.header("range"));
    AskedRange asked = range.orElse(WHOLE);
    long number = asked.first() / options.pieceBytes();
    Lookup first = cache.piece(request.path(), number, asked.last() / options.pieceBytes());
    return switch (first) {
      case Lookup.Piece piece when piece.whole() && range.isPresent() ->
          found(request.path(), WHOLE, false, piece, number);
      case Lookup.Piece piece -> found(request.path(), asked, range.isPresent(), piece, number);
      case Lookup.Missing() -> missing();
      case Lookup.Failed(int status, String reason) -> failed(status, reason);
    };
  }

  /**
   * Answers with the range, or with the whole object.
   *
   * @param number of the first piece
   */
  private WebAnswer.Response found(
      String path, AskedRange asked, boolean part, Lookup.Piece first, long number) {
    long total = first.totalBytes();
    if (part && asked.first() >= total) {
      return WebAnswer.problem(416, Code.MISUSE, "the object has " + total + " bytes only")
          .with("content-range", "bytes */" + total)
          .with("x-cache", ERROR);
    }
    Map<String, String> headers = headers(first);
    long last = Math.min(asked.last(), total - 1);
    if (part) {
      headers.put("content-range", "bytes " + asked.first() + "-" + last + "/" + total);
    }
    long length = last - asked.first() + 1;
    rangeBytes.add(length);
    boolean begins = asked.first() / options.pieceBytes() == number;
    return new WebAnswer.Response(
        part ? 206 : 200, headers, new Pieces(path, asked.first(), length, begins ? first : null));
  }

  private WebAnswer.Response head(WebRequest request) {
    return switch (cache.length(request.path())) {
      case Lookup.Missing() -> missing();
      case Lookup.Failed(int status, String reason) -> failed(status, reason);
      case Lookup.Piece piece ->
          new WebAnswer.Response(200, headers(piece), new LengthOnly(piece.totalBytes()));
    };
  }

  private Map<String, String> headers(Lookup.Piece piece) {
    Map<String, String> headers = new HashMap<>();
    headers.put("content-type", "application/octet-stream");
    headers.put("accept-ranges", "bytes");
    headers.put("cache-control", IMMUTABLE);
    switch (piece.source()) {
      case HIT -> {
        hits.increment();
        Duration age = Duration.between(piece.since(), clock.instant());
        headers.put("age", Long.toString(Math.max(0, age.toSeconds())));
        headers.put("x-cache", HIT);
      }
      case MISS -> {
        misses.increment();
        headers.put("x-cache", MISS);
      }
      case COLLAPSED -> {
        misses.increment();
        collapsed.increment();
        headers.put("x-cache", MISS);
      }
    }
    return headers;
  }

  private WebAnswer.Response missing() {
    misses.increment();
    return WebAnswer.problem(
            404,
            Code.NOT_FOUND,
            "there is no such object: ask for the changes of the same LSN again")
        .with("x-cache", ERROR);
  }

  private static WebAnswer.Response failed(int status, String reason) {
    return WebAnswer.problem(status, Code.UNAVAILABLE, reason + ": ask again")
        .with("x-cache", ERROR);
  }

  /** Ends requests to the origin that are on their way. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  private record LengthOnly(long length) implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      throw new IOException("an answer to HEAD has no body");
    }
  }

  /** Sends pieces one after the other, each fetched when its turn comes. */
  private final class Pieces implements Body {
    private final String path;
    private final long first;
    private final long length;
    private Lookup.@Nullable Piece known;

    Pieces(String path, long first, long length, Lookup.@Nullable Piece known) {
      this.path = path;
      this.first = first;
      this.length = length;
      this.known = known;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      int size = options.pieceBytes();
      long end = first + length;
      long last = (end - 1) / size;
      for (long at = first; at < end; ) {
        long number = at / size;
        Lookup next = known == null ? cache.piece(path, number, last) : known;
        known = null;
        if (!(next instanceof Lookup.Piece(byte[] bytes, _, _, _, _))) {
          throw new IOException("piece " + number + " of " + path + " could not be fetched");
        }
        int from = (int) (at - number * size);
        int to = (int) Math.min(bytes.length, end - number * size);
        if (to <= from) {
          throw new IOException("piece " + number + " of " + path + " is shorter than it was");
        }
        out.write(bytes, from, to - from);
        at += to - from;
      }
    }
  }
}
