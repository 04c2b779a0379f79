package dev.graft.localstack.lambda;

import dev.graft.functions.FunctionEvents;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Request;
import dev.graft.localstack.web.Body;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebHandler;
import dev.graft.localstack.web.WebRequest;
import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * The URL of a function as the edge sees it: it takes only requests whose body has the SHA-256 that
 * a header names (the edge signs nothing else), makes an event of each, and holds the limits of
 * Lambda on what goes in and out. A function that fails is 502.
 */
public final class FunctionUrl implements WebHandler {
  /** The most bytes of an event, and of an answer. */
  static final int MAX_PAYLOAD_BYTES = 6 << 20;

  private final Invoker function;
  private final FunctionMishaps mishaps;
  private final InstantSource clock;
  private final LongAdder invocations = new LongAdder();
  private final Queue<byte[]> late = new ConcurrentLinkedQueue<>();

  /** Puts an address before a function. */
  public FunctionUrl(Invoker function, FunctionMishaps mishaps, InstantSource clock) {
    this.function = function;
    this.mishaps = mishaps;
    this.clock = clock;
  }

  /** How many invocations there were, duplicates and late ones included. */
  public long invocations() {
    return invocations.sum();
  }

  @Override
  public WebAnswer handle(WebRequest request) {
    if (request.content().length() > MAX_PAYLOAD_BYTES) {
      return tooLarge();
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      String named = request.header("x-amz-content-sha256").orElse("");
      if (!named.equals(sha256(request.body()))) {
        return WebAnswer.problem(
            403,
            Code.UNAUTHORIZED,
            "the request's signature does not match its body: send its SHA-256 in the header"
                + " x-amz-content-sha256");
      }
    }
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.remove("authorization"); // overwritten by the edge's own signature
    byte[] event =
        FunctionEvents.event(
            new Request(request.method(), request.path(), request.query(), headers, request.body()),
            UUID.randomUUID().toString(),
            clock.instant());
    if (event.length > MAX_PAYLOAD_BYTES) {
      return tooLarge();
    }
    return deliver(event, mishaps.next(request));
  }

  private static WebAnswer tooLarge() {
    return WebAnswer.problem(
        413,
        Code.MISUSE,
        "the request is larger than a function takes: upload the segment instead");
  }

  /**
   * Brings the invocations that were late.
   *
   * @return how many there were
   */
  public int late() {
    int count = 0;
    for (byte[] event = late.poll(); event != null; event = late.poll()) {
      invoke(event);
      count++;
    }
    return count;
  }

  private WebAnswer deliver(byte[] event, FunctionMishaps.Mishap mishap) {
    return switch (mishap) {
      case NONE -> invoke(event);
      case THROTTLED -> plain(429, "Too Many Requests");
      case LOSE_ANSWER -> {
        invoke(event);
        yield new WebAnswer.Dropped();
      }
      case TWICE -> {
        invoke(event);
        yield invoke(event);
      }
      case TOGETHER -> {
        Thread thread = Thread.ofVirtual().start(() -> invoke(event));
        WebAnswer first = invoke(event);
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        yield first;
      }
      case LATE -> {
        late.add(event);
        yield plain(504, "Gateway Timeout");
      }
    };
  }

  private WebAnswer invoke(byte[] event) {
    invocations.increment();
    try {
      byte[] answer = function.invoke(event);
      return answer.length > MAX_PAYLOAD_BYTES
          ? failed("the function's answer is too large")
          : of(FunctionEvents.answer(answer));
    } catch (IOException | RuntimeException e) {
      System.err.println("graft: a function failed: " + e);
      return failed("the function failed: ask again");
    }
  }

  private static WebAnswer.Response of(Answer answer) {
    return new WebAnswer.Response(answer.status(), answer.headers(), Body.of(answer.body()));
  }

  private static WebAnswer.Response failed(String detail) {
    return WebAnswer.problem(502, Code.UNAVAILABLE, detail);
  }

  /** As Lambda itself says it. */
  private static WebAnswer.Response plain(int status, String text) {
    return new WebAnswer.Response(
        status,
        Map.of("content-type", "text/plain"),
        Body.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
