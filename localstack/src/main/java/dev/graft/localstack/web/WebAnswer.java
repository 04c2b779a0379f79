package dev.graft.localstack.web;

import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException.Code;
import java.util.LinkedHashMap;
import java.util.Map;

/** What becomes of a request. */
public sealed interface WebAnswer {
  /**
   * An answer.
   *
   * @param status of HTTP
   * @param headers by lower-case name
   * @param body for a HEAD its length alone counts
   */
  record Response(int status, Map<String, String> headers, Body body) implements WebAnswer {
    public Response {
      headers = Map.copyOf(headers);
    }

    /** The same with one header more, or with another value for it. */
    public Response with(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Response(status, more, body);
    }
  }

  /** The connection is closed without a word. */
  record Dropped() implements WebAnswer {}

  /**
   * The connection is closed in the middle of the answer.
   *
   * @param bytes of the body that are sent
   */
  record Cut(Response response, long bytes) implements WebAnswer {}

  /**
   * A problem document (docs/http.md, section 5) of one of the parts around the functions.
   *
   * @param detail what is wrong and what to do
   */
  static Response problem(int status, Code code, String detail) {
    byte[] document = Messages.problem().encode(Problem.of(code, status, detail));
    Response answer =
        new Response(
            status,
            Map.of(
                Headers.CONTENT_TYPE, Headers.PROBLEM,
                Headers.CACHE_CONTROL, Headers.NO_STORE),
            Body.of(document));
    return status == 429 || status == 503
        ? answer.with(Headers.RETRY_AFTER, Long.toString(Problem.RETRY_AFTER.toSeconds()))
        : answer;
  }
}
