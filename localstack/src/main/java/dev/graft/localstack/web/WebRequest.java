package dev.graft.localstack.web;

import java.util.Map;
import java.util.Optional;

/**
 * A request as it came in.
 *
 * @param method as it was written
 * @param path as it stood in the request line, nothing decoded; a question mark with nothing behind
 *     it belongs to the path
 * @param query what followed the question mark; empty when there was none
 * @param headers by lower-case name; several of one name are joined by commas
 * @param content its body, read when it is asked for
 */
public record WebRequest(
    String method, String path, String query, Map<String, String> headers, Incoming content) {
  public WebRequest {
    headers = Map.copyOf(headers);
  }

  /** One whose body is there. */
  public WebRequest(
      String method, String path, String query, Map<String, String> headers, byte[] body) {
    this(method, path, query, headers, Incoming.of(body));
  }

  /** All of the body; not to be changed. See {@link Incoming#bytes}. */
  public byte[] body() {
    return content.bytes();
  }

  /** A header by its lower-case name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
