package dev.graft.localstack.web;

import java.util.Map;
import java.util.Optional;

/**
 * A request as it came in.
 *
 * @param method in upper case
 * @param path as it stood in the request line, nothing decoded
 * @param query what followed the question mark; empty when there was none
 * @param headers by lower-case name; several of one name are joined by commas
 * @param body all of it; not changed afterwards
 */
public record WebRequest(
    String method, String path, String query, Map<String, String> headers, byte[] body) {
  public WebRequest {
    headers = Map.copyOf(headers);
  }

  /** A header by its lower-case name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
