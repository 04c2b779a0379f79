package dev.graft.replica;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.protocol.error.GraftException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a Lambda function URL sends and takes: payload format 2.0. */
final class FunctionUrl {
  private static final JsonFactory JSON = new JsonFactory();

  private FunctionUrl() {}

  /**
   * A request.
   *
   * @param method as it was sent
   * @param path without a query
   * @param headers by their names in lower case
   * @param body its bytes
   * @param id what the service calls it; empty when it does not
   */
  record Request(String method, String path, Map<String, String> headers, byte[] body, String id) {}

  /** An answer. */
  record Response(int status, Map<String, String> headers, byte[] body) {}

  /**
   * Reads an event.
   *
   * @throws GraftException.Misuse when it is none of a function URL
   */
  static Request read(InputStream event) {
    String method = "";
    String path = "";
    String id = "";
    String body = "";
    boolean base64 = false;
    Map<String, String> headers = new TreeMap<>();
    try (JsonParser in = JSON.createParser(event)) {
      expect(in.nextToken() == JsonToken.START_OBJECT, "it is no object");
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String member = in.currentName();
        JsonToken value = in.nextToken();
        switch (member) {
          case "rawPath" -> path = text(in);
          case "body" -> body = value == JsonToken.VALUE_NULL ? "" : text(in);
          case "isBase64Encoded" -> base64 = value == JsonToken.VALUE_TRUE;
          case "headers" -> headers(in, headers);
          case "requestContext" -> {
            String[] found = context(in);
            method = found[0];
            id = found[1];
          }
          default -> in.skipChildren();
        }
      }
      expect(in.currentToken() == JsonToken.END_OBJECT, "it breaks off");
      byte[] bytes =
          base64 ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
      return new Request(method, path, headers, bytes, id);
    } catch (IOException | IllegalArgumentException e) {
      throw new GraftException.Misuse(
          "this event is none of a function URL (payload format 2.0): " + e.getMessage());
    }
  }

  private static void headers(JsonParser in, Map<String, String> headers) throws IOException {
    expect(in.currentToken() == JsonToken.START_OBJECT, "its headers are no object");
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName().toLowerCase(Locale.ROOT);
      in.nextToken();
      headers.put(name, text(in));
    }
  }

  private static String text(JsonParser in) throws IOException {
    expect(in.currentToken() == JsonToken.VALUE_STRING, in.currentName() + " is no text");
    return in.getText();
  }

  private static void expect(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(otherwise);
    }
  }

  /** Method and id. */
  private static String[] context(JsonParser in) throws IOException {
    String[] found = {"", ""};
    expect(in.currentToken() == JsonToken.START_OBJECT, "its requestContext is no object");
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String member = in.currentName();
      in.nextToken();
      switch (member) {
        case "requestId" -> found[1] = text(in);
        case "http" -> {
          expect(in.currentToken() == JsonToken.START_OBJECT, "its http is no object");
          while (in.nextToken() == JsonToken.FIELD_NAME) {
            String inner = in.currentName();
            in.nextToken();
            if (inner.equals("method")) {
              found[0] = text(in);
            } else {
              in.skipChildren();
            }
          }
        }
        default -> in.skipChildren();
      }
    }
    return found;
  }

  /** Writes an answer; the body as base 64, whose length does not depend on what it holds. */
  static void write(Response response, OutputStream to) throws IOException {
    try (JsonGenerator out = JSON.createGenerator(to)) {
      out.writeStartObject();
      out.writeNumberField("statusCode", response.status());
      out.writeObjectFieldStart("headers");
      for (Map.Entry<String, String> header : response.headers().entrySet()) {
        out.writeStringField(header.getKey(), header.getValue());
      }
      out.writeEndObject();
      out.writeBinaryField("body", response.body());
      out.writeBooleanField("isBase64Encoded", true);
      out.writeEndObject();
    }
  }
}
