package dev.graft.s3.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.s3.S3Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * An S3 in this process, in memory, on a port of 127.0.0.1: objects with conditional PUT, GET and
 * HEAD with ranges, DELETE, ListObjectsV2. Path style alone. It checks signatures, payload hashes
 * and SHA-256 checksums as S3 does, is right under races, goes wrong as {@link #faults} are told,
 * and counts. Thread-safe.
 */
public final class FakeS3 implements AutoCloseable {
  /** Who may use it. */
  public static final String ACCESS_KEY = "fake-access-key";

  /** The secret that goes with it. */
  public static final String SECRET_KEY = "fake-secret-key";

  static {
    // Without it every answer on a used connection waits for the other side's delayed ACK.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SigV4 signatures;
  private final Faults faults = new Faults();
  private final Map<String, FakeBucket> buckets = new ConcurrentHashMap<>();
  private final AtomicInteger bucketNumbers = new AtomicInteger();

  /** Guarded by itself. */
  private final Map<RequestKind, Long> counts = new EnumMap<>(RequestKind.class);

  private volatile Set<RequestKind> denied = Set.of();
  private volatile boolean conditionalOnly;
  private volatile boolean conditionsIgnored;

  private FakeS3(int port, InstantSource clock) throws IOException {
    this.signatures = new SigV4(ACCESS_KEY, SECRET_KEY, clock);
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Starts one on a free port. */
  public static FakeS3 start() {
    return start(0, InstantSource.system());
  }

  /**
   * Starts one.
   *
   * @param port 0 for a free one
   * @param clock by which signatures grow old
   */
  public static FakeS3 start(int port, InstantSource clock) {
    try {
      return new FakeS3(port, clock);
    } catch (IOException e) {
      throw new UncheckedIOException("the fake S3 cannot listen", e);
    }
  }

  /** Its address. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Makes a bucket that is not there yet, and says how to reach it. */
  public S3Settings newBucket() {
    return bucket("bucket-" + bucketNumbers.incrementAndGet());
  }

  /** Makes a bucket unless it is there, and says how to reach it. */
  public S3Settings bucket(String name) {
    buckets.computeIfAbsent(name, FakeBucket::new);
    return S3Settings.of(name).withEndpoint(endpoint()).withRegion("us-east-1");
  }

  /** Credentials that it takes. */
  public static AwsCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY));
  }

  /** What goes wrong. */
  public Faults faults() {
    return faults;
  }

  /** From now on answers such requests 403; none: all are allowed again. */
  public void deny(RequestKind... kinds) {
    denied = kinds.length == 0 ? Set.of() : EnumSet.copyOf(Arrays.asList(kinds));
  }

  /** Whether a bucket policy denies PUT without If-None-Match. */
  public void requireConditionalPuts(boolean required) {
    conditionalOnly = required;
  }

  /** Whether it takes every PUT, as stores do that know no conditions. */
  public void ignoreConditions(boolean ignored) {
    conditionsIgnored = ignored;
  }

  /** How many such requests have come, faulty ones included. */
  public long count(RequestKind kind) {
    synchronized (counts) {
      return counts.getOrDefault(kind, 0L);
    }
  }

  /** The keys of a bucket, in order. */
  public List<String> keys(String bucket) {
    return List.copyOf(of(bucket).objects().keySet());
  }

  /** The bytes of an object, as they lie there; changing them damages it. */
  public Optional<byte[]> object(String bucket, String key) {
    return Optional.ofNullable(of(bucket).objects().get(key)).map(FakeBucket.Stored::bytes);
  }

  /** A header that an object was stored with; empty when it was stored without. */
  public String header(String bucket, String key, String name) {
    FakeBucket.Stored stored = of(bucket).objects().get(key);
    return stored == null ? "" : stored.headers().getOrDefault(name, "");
  }

  private FakeBucket of(String name) {
    FakeBucket bucket = buckets.get(name);
    if (bucket == null) {
      throw new IllegalArgumentException("no bucket " + name);
    }
    return bucket;
  }

  /** Ends it; requests on their way are dropped. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      FakeRequest request = FakeRequest.read(exchange);
      RequestKind kind = request.kind();
      synchronized (counts) {
        counts.merge(kind, 1L, Long::sum);
      }
      Fault fault = faults.draw(kind, request.rawPath()).orElse(null);
      FakeAnswer answer;
      try {
        answer = answer(request, fault);
      } catch (Refusal refusal) {
        answer = FakeAnswer.xml(refusal.status(), refusal.xml());
        refusal.headers().forEach(exchange.getResponseHeaders()::set);
      }
      if (answer == null) {
        return;
      }
      send(exchange, request, answer, fault);
    } catch (IOException | InterruptedException e) {
      // The other side has gone, or this one ends: there is nobody to tell.
    }
  }

  /** The answer; none when the connection is to be closed without. */
  private @Nullable FakeAnswer answer(FakeRequest request, @Nullable Fault fault)
      throws Refusal, InterruptedException {
    signatures.check(request);
    switch (fault) {
      case SLOW_DOWN -> throw new Refusal(503, "SlowDown", "Please reduce your request rate.");
      case ERROR -> throw new Refusal(500, "InternalError", "We encountered an internal error.");
      case CONFLICT ->
          throw new Refusal(
              409, "ConditionalRequestConflict", "A conflicting operation took place.");
      case FOREIGN_CONDITION ->
          throw new Refusal(412, "ConditionNotMet", "A condition of this proxy does not hold.");
      case DROPPED_BEFORE -> {
        return null;
      }
      case LANDS_LATE -> {
        threads.execute(() -> landLate(request));
        return null;
      }
      case DELAYED -> pause(faults.delay());
      case null, default -> {}
    }
    FakeAnswer answer = done(request, fault);
    return switch (fault) {
      case DROPPED_AFTER -> null;
      case TAKEN_BY_ITSELF ->
          throw new Refusal(
              412, "PreconditionFailed", "At least one of the conditions did not hold");
      case LANDED_TIME_OUT ->
          throw new Refusal(408, "GatewayPatience", "The request took too long.");
      case LANDED_ERROR ->
          throw new Refusal(500, "InternalError", "We encountered an internal error.");
      case null, default -> answer;
    };
  }

  private void landLate(FakeRequest request) {
    try {
      pause(faults.delay());
      done(request, null);
    } catch (Refusal | InterruptedException e) {
      // It comes too late to be told.
    }
  }

  private static void pause(Duration length) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(length.toNanos());
  }

  private FakeAnswer done(FakeRequest request, @Nullable Fault fault) throws Refusal {
    RequestKind kind = request.kind();
    Set<RequestKind> refused = denied;
    if (refused.contains(kind)) {
      throw new Refusal(403, "AccessDenied", "Access Denied");
    }
    if (kind == RequestKind.PUT && request.key().isEmpty()) {
      bucket(request.bucket());
      return FakeAnswer.empty(200);
    }
    FakeBucket bucket = buckets.get(request.bucket());
    if (bucket == null) {
      throw new Refusal(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    return switch (kind) {
      case PUT -> bucket.put(request, conditionalOnly, conditionsIgnored);
      case GET, HEAD ->
          request.key().isEmpty()
              ? FakeAnswer.empty(200)
              : bucket.get(request, !refused.contains(RequestKind.LIST), fault);
      case LIST -> bucket.list(request);
      case DELETE -> {
        bucket.objects().remove(request.key());
        yield FakeAnswer.empty(204);
      }
    };
  }

  private static void send(
      HttpExchange exchange, FakeRequest request, FakeAnswer answer, @Nullable Fault fault)
      throws IOException {
    exchange.getResponseHeaders().set("server", "fake-s3");
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    if (request.method().equals("HEAD")) {
      exchange.getResponseHeaders().set("content-length", Long.toString(answer.lengthBytes()));
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    byte[] body = answer.body();
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    if (answer.status() < 300 && body.length > 0 && fault == Fault.TRUNCATED) {
      exchange.getResponseBody().write(body, 0, body.length / 2);
      exchange.getResponseBody().flush();
      return;
    }
    if (answer.status() < 300 && body.length > 0 && fault == Fault.FLIPPED_BIT) {
      body = body.clone();
      body[body.length / 2] ^= 4;
    }
    exchange.getResponseBody().write(body);
  }
}
