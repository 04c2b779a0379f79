package dev.graft.localstack.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.protocol.error.GraftException.Code;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An HTTP server on 127.0.0.1, never on another address. Every request has its own thread. */
public final class WebServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  /** How long requests on their way are waited for. */
  private static final int CLOSE_SECONDS = 5;

  static {
    // Read once by the JDK's server. Without it small answers wait for the other side's delayed
    // acknowledgement; with more kept connections than this the server closes those that idle.
    System.setProperty(
        "sun.net.httpserver.nodelay", System.getProperty("sun.net.httpserver.nodelay", "true"));
    System.setProperty(
        "sun.net.httpserver.maxIdleConnections",
        System.getProperty("sun.net.httpserver.maxIdleConnections", "1024"));
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final WebHandler handler;
  private final int maxBodyBytes;

  private WebServer(
      HttpServer server, ExecutorService threads, WebHandler handler, int maxBodyBytes) {
    this.server = server;
    this.threads = threads;
    this.handler = handler;
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * Starts one.
   *
   * @param port 0 for any free one
   * @param maxBodyBytes a request with more is answered 413 and not handled
   * @throws IOException when the port is taken
   */
  public static WebServer start(int port, int maxBodyBytes, WebHandler handler) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    HttpServer http = HttpServer.create(address, BACKLOG);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    WebServer server = new WebServer(http, threads, handler, maxBodyBytes);
    http.setExecutor(threads);
    http.createContext("/", server::exchange);
    http.start();
    return server;
  }

  /** Where it listens, without a slash at the end. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Ends it; requests on their way are cut off after a few seconds. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void exchange(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(maxBodyBytes + 1);
      WebAnswer answer =
          body.length > maxBodyBytes
              ? WebAnswer.problem(
                  413,
                  Code.MISUSE,
                  "the body is larger than "
                      + maxBodyBytes
                      + " bytes: ask for a place to upload the segment instead")
              : answer(exchange, body);
      switch (answer) {
        case WebAnswer.Dropped() -> {}
        case WebAnswer.Response response -> send(exchange, response, Long.MAX_VALUE);
        case WebAnswer.Cut(WebAnswer.Response response, long bytes) ->
            send(exchange, response, bytes);
      }
    }
  }

  private WebAnswer answer(HttpExchange exchange, byte[] body) {
    try {
      return handler.handle(request(exchange, body));
    } catch (RuntimeException e) {
      System.err.println("graft: a request was answered 500: " + e);
      return new WebAnswer.Response(500, Map.of(), Body.EMPTY);
    }
  }

  private static WebRequest request(HttpExchange exchange, byte[] body) {
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
      headers.put(header.getKey().toLowerCase(Locale.ROOT), String.join(",", header.getValue()));
    }
    URI uri = exchange.getRequestURI();
    // "//host/path" and "/path#more" are no paths, though a URI has one in them.
    boolean isPlain =
        uri.getRawFragment() == null && (uri.isAbsolute() || uri.getRawAuthority() == null);
    @Nullable String path = isPlain ? uri.getRawPath() : uri.toString();
    @Nullable String query = uri.getRawQuery();
    return new WebRequest(
        exchange.getRequestMethod(),
        path == null ? "" : path,
        query == null ? "" : query,
        headers,
        body);
  }

  private static void send(HttpExchange exchange, WebAnswer.Response response, long atMost)
      throws IOException {
    response.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    long length = response.body().length();
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("content-length", Long.toString(length));
      exchange.sendResponseHeaders(response.status(), -1);
    } else if (length == 0) {
      exchange.sendResponseHeaders(response.status(), -1);
    } else {
      exchange.sendResponseHeaders(response.status(), length);
      response.body().writeTo(new Limited(exchange.getResponseBody(), atMost));
    }
  }

  /** Fails when the limit is reached, so that the answer breaks off there. */
  private static final class Limited extends FilterOutputStream {
    private long left;

    Limited(OutputStream out, long atMost) {
      super(out);
      this.left = atMost;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, (int) Math.min(length, left));
      left -= length;
      if (left < 0) {
        out.flush();
        throw new IOException("the answer breaks off here, as was asked for");
      }
    }
  }
}
