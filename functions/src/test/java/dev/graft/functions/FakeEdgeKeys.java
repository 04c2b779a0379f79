package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/**
 * CloudFront's key value store as its model describes it (version 2022-07-26): on 127.0.0.1, with
 * signatures that are verified, versions that are checked, pages, and changes of all or nothing.
 */
final class FakeEdgeKeys implements AutoCloseable {
  static final String ARN = "arn:aws:cloudfront::123456789012:key-value-store/0a1b-2c3d";
  private static final String PATH =
      "/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A123456789012%3Akey-value-store%2F0a1b-2c3d";
  private static final int MAX_CHANGES = 50;
  private static final Pattern SIGNATURE =
      Pattern.compile(".*SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]+)");

  private final HttpServer server;

  /** Guarded by this, as is all below. */
  private final TreeMap<String, String> entries = new TreeMap<>();

  private int version = 1;
  private int changes;
  private int refused;
  private int listed;
  private Runnable beforeChange = () -> {};
  private int failsWith;

  FakeEdgeKeys() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 16);
    server.createContext("/", this::handle);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized Map<String, String> entries() {
    return Map.copyOf(entries);
  }

  /** Somebody else changes an entry. */
  synchronized void put(String key, String value) {
    entries.put(key, value);
    version++;
  }

  /** Runs before the next change is looked at, once. */
  synchronized void beforeChange(Runnable act) {
    beforeChange = act;
  }

  /** Every request is answered so; 0: as it should be. */
  synchronized void failWith(int status) {
    failsWith = status;
  }

  synchronized int changes() {
    return changes;
  }

  synchronized int refused() {
    return refused;
  }

  synchronized int listed() {
    return listed;
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getRawPath();
      String method = exchange.getRequestMethod();
      if (failsWith != 0) {
        answer(exchange, failsWith, "{}");
      } else if (!isSigned(exchange)) {
        answer(exchange, 403, "{\"Message\":\"the signature does not match\"}");
      } else if (method.equals("GET") && path.equals(PATH)) {
        answer(exchange, 200, "{\"ItemCount\":" + entries.size() + "}");
      } else if (method.equals("GET") && path.equals(PATH + "/keys")) {
        list(exchange);
      } else if (method.equals("POST") && path.equals(PATH + "/keys")) {
        change(exchange, body);
      } else {
        answer(exchange, 404, "{}");
      }
    }
  }

  private static boolean isSigned(HttpExchange exchange) {
    var sent = exchange.getRequestHeaders();
    Matcher parts = SIGNATURE.matcher(String.valueOf(sent.getFirst("authorization")));
    if (!parts.matches()) {
      return false;
    }
    Map<String, String> headers = new TreeMap<>();
    for (String name : parts.group(1).split(";")) {
      headers.put(name, String.valueOf(sent.getFirst(name)));
    }
    String date = headers.getOrDefault("x-amz-date", "");
    Instant time =
        Instant.parse(date.replaceAll("(....)(..)(..)T(..)(..)(..)Z", "$1-$2-$3T$4:$5:$6Z"));
    GlobalSignature signature =
        new GlobalSignature(
            "cloudfront-keyvaluestore",
            AwsBasicCredentials.create(ExampleKey.ACCESS_KEY, ExampleKey.SECRET_KEY));
    URI uri = exchange.getRequestURI();
    String text = signature.textToSign(exchange.getRequestMethod(), uri, headers, time);
    try {
      return ExampleKey.verifies(text, HexFormat.of().parseHex(parts.group(2)));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    listed++;
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    String after = query.contains("NextToken=") ? query.replaceAll(".*NextToken=(.*)", "$1") : "";
    StringBuilder json = new StringBuilder("{\"Items\":[");
    int count = 0;
    String last = "";
    for (Map.Entry<String, String> entry : entries.tailMap(after, false).entrySet()) {
      if (count == MAX_CHANGES) {
        break;
      }
      json.append(count++ == 0 ? "" : ",")
          .append("{\"Key\":\"")
          .append(entry.getKey())
          .append("\",\"Value\":\"")
          .append(entry.getValue())
          .append("\"}");
      last = entry.getKey();
    }
    json.append("]");
    if (count == MAX_CHANGES && !last.equals(entries.lastKey())) {
      json.append(",\"NextToken\":\"").append(last).append("\"");
    }
    answer(exchange, 200, json.append("}").toString());
  }

  private void change(HttpExchange exchange, byte[] body) throws IOException {
    Runnable act = beforeChange;
    beforeChange = () -> {};
    act.run();
    if (!etag().equals(exchange.getRequestHeaders().getFirst("if-match"))) {
      refused++;
      answer(exchange, 409, "{\"Message\":\"Resource is not in expected state.\"}");
      return;
    }
    Map<String, String> puts = new TreeMap<>();
    List<String> deletes = new ArrayList<>();
    read(body, puts, deletes);
    if (puts.size() + deletes.size() > MAX_CHANGES || !entries.keySet().containsAll(deletes)) {
      answer(exchange, 400, "{\"Message\":\"Validation failed.\"}");
      return;
    }
    entries.putAll(puts);
    deletes.forEach(entries::remove);
    version++;
    changes++;
    answer(exchange, 200, "{\"ItemCount\":" + entries.size() + "}");
  }

  private static void read(byte[] body, Map<String, String> puts, List<String> deletes)
      throws IOException {
    try (JsonParser in = new JsonFactory().createParser(body)) {
      String list = "";
      String key = "";
      while (in.nextToken() != null) {
        if (in.currentToken() == JsonToken.FIELD_NAME) {
          switch (in.currentName()) {
            case "Puts", "Deletes" -> list = in.currentName();
            case "Key" -> {
              key = in.nextTextValue();
              if (list.equals("Deletes")) {
                deletes.add(key);
              }
            }
            case "Value" -> puts.put(key, in.nextTextValue());
            default -> throw new IOException("unknown member " + in.currentName());
          }
        }
      }
    }
  }

  private String etag() {
    return "ETVPDKIKX0D" + version;
  }

  private void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("ETag", etag());
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
