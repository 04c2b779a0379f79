package dev.graft.s3.fake;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A request as it came.
 *
 * @param bucket empty when none is named
 * @param key empty when the bucket itself is meant
 */
record FakeRequest(
    String method,
    String rawPath,
    String rawQuery,
    String bucket,
    String key,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body) {
  static FakeRequest read(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String plain = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8).substring(1);
    int slash = plain.indexOf('/');
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
    return new FakeRequest(
        exchange.getRequestMethod(),
        path,
        query,
        slash < 0 ? plain : plain.substring(0, slash),
        slash < 0 ? "" : plain.substring(slash + 1),
        decoded(query),
        headers,
        exchange.getRequestBody().readAllBytes());
  }

  private static Map<String, String> decoded(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String part : raw.split("&")) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      query.put(
          URLDecoder.decode(name, StandardCharsets.UTF_8),
          URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }

  RequestKind kind() {
    return switch (method) {
      case "PUT" -> RequestKind.PUT;
      case "HEAD" -> RequestKind.HEAD;
      case "DELETE" -> RequestKind.DELETE;
      default -> key.isEmpty() ? RequestKind.LIST : RequestKind.GET;
    };
  }

  /** A header's value, empty when there is none. */
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  List<String> headerNames() {
    return List.copyOf(headers.keySet());
  }
}
