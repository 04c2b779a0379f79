package dev.graft.replica;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of S3 as a reader needs, over a store in this process, that notes every request. On
 * 127.0.0.1, in a bucket named {@code shop}. It takes no writes: a replica sends none.
 */
final class CountedS3 implements Door {
  static final String BUCKET = "shop";
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  /**
   * One request.
   *
   * @param what LIST or GET
   * @param key of the object, or the prefix
   * @param offset of the first byte
   * @param bytes that went back
   */
  record Asked(String what, String key, long offset, long bytes) {
    /** Whether it brought bytes of pages: all of a commit but its beginning, and segments. */
    boolean isOfPages() {
      return key.contains("/segments/") || key.contains("/log/") && offset > 0;
    }
  }

  private final ObjectStore store;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Guarded by itself. */
  private final List<Asked> asked = new ArrayList<>();

  private CountedS3(ObjectStore store, HttpServer server) {
    this.store = store;
    this.server = server;
  }

  static CountedS3 start(ObjectStore store) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 64);
    CountedS3 made = new CountedS3(store, server);
    server.createContext("/", made::handle);
    server.setExecutor(made.threads);
    server.start();
    return made;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("GRAFT_BUCKET", BUCKET, "AWS_ENDPOINT_URL_S3", endpoint());
  }

  @Override
  public Seen seen() {
    List<Asked> all = take();
    List<Asked> pages = all.stream().filter(Asked::isOfPages).toList();
    return new Seen(
        all.size() - pages.size(),
        pages.size(),
        all.stream().filter(one -> !one.isOfPages()).mapToLong(Asked::bytes).sum(),
        pages.stream().mapToLong(Asked::bytes).sum());
  }

  /** Where it is. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What was asked since the last call. */
  List<Asked> take() {
    synchronized (asked) {
      List<Asked> all = List.copyOf(asked);
      asked.clear();
      return all;
    }
  }

  private void note(String what, String key, long offset, long bytes) {
    synchronized (asked) {
      asked.add(new Asked(what, key, offset, bytes));
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (!exchange.getRequestMethod().equals("GET") || !path.startsWith("/" + BUCKET)) {
        answer(exchange, 405, new byte[0]);
        return;
      }
      String key = path.substring(BUCKET.length() + 1);
      if (key.length() <= 1) {
        list(exchange);
      } else {
        get(exchange, key.substring(1));
      }
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    Map<String, String> query = query(exchange.getRequestURI());
    String prefix = query.getOrDefault("prefix", "");
    int max = Integer.parseInt(query.getOrDefault("max-keys", "1000"));
    List<ObjectKey> keys = store.list(prefix, query.getOrDefault("start-after", ""), max);
    StringBuilder xml =
        new StringBuilder(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult"
                + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>shop</Name>");
    xml.append("<IsTruncated>").append(keys.size() == max).append("</IsTruncated>");
    for (ObjectKey key : keys) {
      xml.append("<Contents><Key>").append(key.value()).append("</Key></Contents>");
    }
    byte[] bytes = xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8);
    note("LIST", prefix, 0, bytes.length);
    exchange.getResponseHeaders().set("content-type", "application/xml");
    answer(exchange, 200, bytes);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String part :
        uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&", -1)) {
      String[] both = part.split("=", 2);
      query.put(both[0], both.length < 2 ? "" : URLDecoder.decode(both[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private void get(HttpExchange exchange, String key) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher asksFor = RANGE.matcher(range == null ? "" : range);
    boolean part = asksFor.matches();
    long from = part ? Long.parseLong(asksFor.group(1)) : 0;
    int most =
        part
            ? (int) Math.min(Integer.MAX_VALUE, Long.parseLong(asksFor.group(2)) - from + 1)
            : Integer.MAX_VALUE;
    switch (store.get(new ObjectKey(key), from, most)) {
      case GetOutcome.Missing() -> {
        note("GET", key, from, 0);
        exchange.getResponseHeaders().set("content-type", "application/xml");
        answer(
            exchange,
            404,
            "<Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.UTF_8));
      }
      case GetOutcome.Found(byte[] bytes, long total) -> {
        note("GET", key, from, bytes.length);
        if (part) {
          exchange
              .getResponseHeaders()
              .set(
                  "content-range", "bytes " + from + "-" + (from + bytes.length - 1) + "/" + total);
        }
        answer(exchange, part ? 206 : 200, bytes);
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
