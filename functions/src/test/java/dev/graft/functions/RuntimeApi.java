package dev.graft.functions;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Lambda as a function's process sees it: an address that gives events and takes answers. */
final class RuntimeApi implements AutoCloseable {
  private static final String BASE = "/2018-06-01/runtime";
  private static final long PATIENCE_SECONDS = 120;

  private final HttpServer server;
  private final BlockingQueue<byte[]> events = new ArrayBlockingQueue<>(16);
  private final BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(16);

  /** Open while the process has not come so far that it could be put into a snapshot. */
  private final CountDownLatch ready = new CountDownLatch(1);

  /** Open while the process is not restored. */
  private final CountDownLatch restored = new CountDownLatch(1);

  /** What a process sent: an answer, or a failure. */
  record Outcome(boolean failed, byte[] bytes) {}

  RuntimeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(BASE, this::handle);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Waits until hooks before the snapshot have run. */
  void awaitReady() throws InterruptedException {
    if (!ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the function was not ready for a snapshot: " + outcomes.poll());
    }
  }

  /** Lets the process go on as if it had been restored. */
  void restore() {
    restored.countDown();
  }

  /** Has an event handled. */
  byte[] invoke(byte[] event) throws InterruptedException {
    events.add(event);
    Outcome outcome = outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (outcome == null || outcome.failed()) {
      throw new AssertionError(
          outcome == null
              ? "no answer"
              : "failed: " + new String(outcome.bytes(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return outcome.bytes();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(BASE.length());
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      if (path.equals("/restore/next")) {
        ready.countDown();
        restored.await();
        exchange.sendResponseHeaders(200, -1);
      } else if (path.equals("/invocation/next")) {
        next(exchange);
      } else {
        outcomes.add(new Outcome(!path.endsWith("/response"), body));
        exchange.sendResponseHeaders(202, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    ready.countDown();
    byte[] event = events.take();
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + 30_000));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:local:000000000000:function:graft");
    // Without a type the client's native half reads where nothing is.
    headers.set("Content-Type", "application/json");
    headers.set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000");
    exchange.sendResponseHeaders(200, event.length);
    exchange.getResponseBody().write(event);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
