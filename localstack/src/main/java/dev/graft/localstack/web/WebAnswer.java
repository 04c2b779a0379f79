package dev.graft.localstack.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
   * @param code one of the table's
   * @param detail what is wrong and what to do
   */
  static Response problem(int status, String code, String detail) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("type", "urn:graft:" + code);
      json.writeStringField("title", code);
      json.writeNumberField("status", status);
      json.writeStringField("detail", detail);
      json.writeStringField("code", code);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new Response(
        status,
        Map.of("content-type", "application/problem+json", "cache-control", "no-store"),
        Body.of(text.toByteArray()));
  }
}
