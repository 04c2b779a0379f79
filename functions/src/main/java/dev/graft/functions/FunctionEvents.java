package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The events of function URLs as whoever calls a function makes them, and its answers as he reads
 * them: payload format 2.0 of Lambda's documentation, "Invoking Lambda function URLs". For those
 * who put something else in the place of Lambda.
 */
public final class FunctionEvents {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int OK = 200;
  private static final int LOWEST_STATUS = 100;
  private static final int HIGHEST_STATUS = 599;

  private FunctionEvents() {}

  /**
   * The event for a request. A body that is text by its type stands in it as text.
   *
   * @param id of the request, as Lambda gives each one
   */
  public static byte[] event(Request request, String id, Instant now) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(request.body().length + 1_024);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("version", "2.0");
      json.writeStringField("routeKey", "$default");
      json.writeStringField("rawPath", request.path());
      json.writeStringField("rawQueryString", request.query());
      json.writeObjectFieldStart("headers");
      for (Map.Entry<String, String> header : request.headers().entrySet()) {
        json.writeStringField(header.getKey(), header.getValue());
      }
      json.writeEndObject();
      json.writeObjectFieldStart("requestContext");
      json.writeStringField("accountId", "anonymous");
      json.writeStringField("apiId", "local");
      json.writeStringField("domainName", "local.lambda-url.local");
      json.writeStringField("domainPrefix", "local");
      json.writeObjectFieldStart("http");
      json.writeStringField("method", request.method());
      json.writeStringField("path", request.path());
      json.writeStringField("protocol", "HTTP/1.1");
      json.writeStringField("sourceIp", "127.0.0.1");
      json.writeStringField("userAgent", orNothing(request.header("user-agent")));
      json.writeEndObject();
      json.writeStringField("requestId", id);
      json.writeStringField("routeKey", "$default");
      json.writeStringField("stage", "$default");
      json.writeNumberField("timeEpoch", now.toEpochMilli());
      json.writeEndObject();
      if (request.body().length > 0) {
        Optional<String> text = text(request);
        if (text.isPresent()) {
          json.writeStringField("body", text.get());
        } else {
          json.writeStringField("body", Base64.getEncoder().encodeToString(request.body()));
        }
        json.writeBooleanField("isBase64Encoded", text.isEmpty());
      } else {
        json.writeBooleanField("isBase64Encoded", false);
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private static String orNothing(@Nullable String header) {
    return header == null ? "" : header;
  }

  private static Optional<String> text(Request request) {
    String type = orNothing(request.header("content-type")).toLowerCase(Locale.ROOT);
    if (!type.startsWith("text/") && !type.startsWith("application/json")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(request.body())).toString());
    } catch (CharacterCodingException noText) {
      return Optional.empty();
    }
  }

  /**
   * The answer that a function gave.
   *
   * @throws IOException when it is none
   */
  public static Answer answer(byte[] answer) throws IOException {
    int status = OK;
    Map<String, String> headers = new HashMap<>();
    String body = "";
    boolean base64 = false;
    try (JsonParser json = JSON.createParser(answer)) {
      expect(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        switch (name) {
          case "statusCode" -> {
            expect(value == JsonToken.VALUE_NUMBER_INT);
            status = json.getIntValue();
            expect(status >= LOWEST_STATUS && status <= HIGHEST_STATUS);
          }
          case "isBase64Encoded" -> {
            expect(value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE);
            base64 = json.getBooleanValue();
          }
          case "body" -> {
            expect(value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL);
            body = value == JsonToken.VALUE_NULL ? "" : json.getText();
          }
          case "headers" -> {
            expect(value == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String header = json.currentName().toLowerCase(Locale.ROOT);
              expect(json.nextToken().isScalarValue());
              headers.put(header, json.getText());
            }
          }
          default -> json.skipChildren();
        }
      }
      expect(json.currentToken() == JsonToken.END_OBJECT);
    }
    headers.remove("content-length");
    return new Answer(status, headers, bytes(body, base64));
  }

  private static byte[] bytes(String body, boolean base64) throws IOException {
    if (!base64) {
      return body.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new IOException("the body of the function's answer is no base 64", e);
    }
  }

  private static void expect(boolean right) throws IOException {
    if (!right) {
      throw new IOException("the function's answer is no answer of a function URL");
    }
  }
}
