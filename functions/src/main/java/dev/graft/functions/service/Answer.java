package dev.graft.functions.service;

import dev.graft.http.Headers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param headers by lower-case name
 * @param body not changed afterwards; of a HEAD none
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {
  public Answer {
    headers = Map.copyOf(headers);
  }

  static Answer json(int status, byte[] body) {
    return new Answer(status, Map.of(Headers.CONTENT_TYPE, Headers.JSON), body);
  }

  /** The same with one header more, or with another value for it. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }

  /** Whether the body is bytes and not text. */
  public boolean isBinary() {
    return Headers.BYTES.equals(headers.get(Headers.CONTENT_TYPE));
  }
}
