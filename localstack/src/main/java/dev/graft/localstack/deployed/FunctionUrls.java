package dev.graft.localstack.deployed;

import dev.graft.functions.service.Group;
import dev.graft.http.Headers;
import dev.graft.http.Route;
import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebHandler;
import dev.graft.localstack.web.WebRequest;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One address before the URLs of deployed functions: each request goes to the function that its
 * route belongs to, as it came, and so does the answer; where there is none the answer is a problem
 * document, as of the edge. What CloudFront does beside that is not done here.
 *
 * <p>LocalStack tells its functions apart by the host's name, which has to be resolved by nobody:
 * every request goes to LocalStack's one address with that name in the header {@code host}.
 */
public final class FunctionUrls implements WebHandler, AutoCloseable {
  /** A second request of a function at once makes a second container, which takes seconds. */
  private static final int AT_ONCE = 2;

  /** Longer than a container takes to start and a function to answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final int WAKING_ATTEMPTS = 3;

  private static final int UNPROVEN = 401;

  /** What stands for one connection, or is set anew. */
  private static final Set<String> OF_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "server",
          "te",
          "transfer-encoding",
          "upgrade");

  static {
    // Read once by the JDK's client.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
  }

  private final URI endpoint;
  private final Map<Group, URI> functions;
  private final Map<Group, Semaphore> turns = new EnumMap<>(Group.class);
  private final Map<Group, LongAdder> requests = new ConcurrentHashMap<>();
  private final HttpClient http = client();

  /**
   * @param endpoint of LocalStack
   * @param functions their addresses as the stack tells them
   */
  public FunctionUrls(URI endpoint, Map<Group, URI> functions) {
    this.endpoint = endpoint;
    this.functions = Map.copyOf(functions);
    functions.keySet().forEach(group -> turns.put(group, new Semaphore(AT_ONCE, true)));
  }

  /** One that sends the name of a host that the caller names. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  /** How many requests a function was sent. */
  public long requests(Group function) {
    LongAdder count = requests.get(function);
    return count == null ? 0 : count.sum();
  }

  /**
   * Has a container started for every function, all at once, by a question that needs a token and
   * has none.
   *
   * @throws IOException when one does not answer as our functions do
   */
  public void wake() throws IOException, InterruptedException {
    VolumeId volume = new VolumeId(0, 0);
    List<Route> questions =
        List.of(
            new Route.Uploads(volume),
            new Route.Info(volume),
            new Route.Waiting(volume),
            new Route.Tokens(),
            new Route.LogRange(volume, new Lsn(1)));
    List<Thread> threads = new ArrayList<>();
    Map<Group, Integer> statuses = new ConcurrentHashMap<>();
    for (Route route : questions) {
      threads.add(
          Thread.ofVirtual().start(() -> statuses.put(Group.of(route), statusWithoutToken(route))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Route route : questions) {
      int status = statuses.getOrDefault(Group.of(route), 0);
      if (status != UNPROVEN) {
        throw new IOException(
            "the function "
                + Group.of(route)
                + (status == 0 ? " gave no answer" : " answered " + status)
                + " to a question without a token, and not 401: is the key ring in its parameter?");
      }
    }
  }

  /** Of the last attempt; a busy machine may be too slow for the first. */
  private int statusWithoutToken(Route route) {
    WebRequest question =
        new WebRequest(
            route instanceof Route.OfObject ? "GET" : "POST",
            route.path(),
            "",
            Map.of(Headers.CONTENT_TYPE, Headers.JSON),
            new byte[0]);
    int status = 0;
    for (int attempt = 0; attempt < WAKING_ATTEMPTS && status != UNPROVEN; attempt++) {
      if (handle(question) instanceof WebAnswer.Response response) {
        status = response.status();
      }
    }
    return status;
  }

  @Override
  public WebAnswer handle(WebRequest request) {
    Optional<Group> group = Route.parse(request.method(), request.path()).map(Group::of);
    @Nullable URI function = group.map(functions::get).orElse(null);
    if (group.isEmpty() || function == null) {
      return WebAnswer.problem(404, Code.NOT_FOUND, "no function has this path");
    }
    Semaphore turn = Objects.requireNonNull(turns.get(group.get()));
    try {
      turn.acquire();
      try {
        requests.computeIfAbsent(group.get(), _ -> new LongAdder()).increment();
        return answer(http.send(of(request, function), HttpResponse.BodyHandlers.ofByteArray()));
      } finally {
        turn.release();
      }
    } catch (HttpTimeoutException e) {
      return failed(504, "the function did not answer in time: ask again");
    } catch (IOException e) {
      return failed(502, "the function's answer was lost: ask again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(503, "this address is being closed: ask again later");
    }
  }

  private HttpRequest of(WebRequest request, URI function) {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(endpoint.resolve(request.path() + query))
            .timeout(PATIENCE)
            .method(
                request.method(),
                request.body().length == 0 && !request.method().equals("POST")
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request.headers().entrySet().stream()
        .filter(header -> !OF_CONNECTION.contains(header.getKey()))
        .forEach(header -> builder.header(header.getKey(), header.getValue()));
    return builder.header("host", function.getAuthority()).build();
  }

  private static WebAnswer.Response answer(HttpResponse<byte[]> response) {
    Map<String, String> headers = new HashMap<>();
    response.headers().map().entrySet().stream()
        .filter(header -> !OF_CONNECTION.contains(header.getKey()))
        .forEach(header -> headers.put(header.getKey(), String.join(",", header.getValue())));
    long length = response.headers().firstValueAsLong("content-length").orElse(0);
    Body body =
        response.request().method().equals("HEAD")
            ? new LengthOnly(length)
            : Body.of(response.body());
    return new WebAnswer.Response(response.statusCode(), headers, body);
  }

  private static WebAnswer.Response failed(int status, String detail) {
    return WebAnswer.problem(status, Code.UNAVAILABLE, detail);
  }

  private record LengthOnly(long length) implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      throw new IOException("an answer to HEAD has no body");
    }
  }

  /** Ends its connections. */
  @Override
  public void close() {
    http.close();
  }
}
