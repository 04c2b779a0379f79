package dev.graft.functions.service;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came in.
 *
 * @param method as in the request line
 * @param path nothing of it decoded
 * @param query what followed the question mark; empty when nothing did
 * @param headers by lower-case name; several of one name are joined by commas
 * @param body all of it; not changed afterwards
 */
public record Request(
    String method, String path, String query, Map<String, String> headers, byte[] body) {
  public Request {
    headers = Map.copyOf(headers);
  }

  /** A header by its lower-case name; null when there is none. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** Says nothing of headers, for one is a token. */
  @Override
  public String toString() {
    return method + " " + path + ", " + body.length + " bytes";
  }
}
