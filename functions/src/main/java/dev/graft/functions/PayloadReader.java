package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.graft.functions.service.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads events of function URLs, payload format 2.0, in one pass. */
final class PayloadReader {
  /** No event is longer: Lambda takes 6 MB. */
  private static final int MAX_TEXT = 8 << 20;

  private static final int MAX_DEPTH = 16;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_TEXT)
                  .maxNestingDepth(MAX_DEPTH)
                  .build())
          .build();

  private String method = "";
  private String path = "";
  private String query = "";
  private final Map<String, String> headers = new LinkedHashMap<>();
  private @Nullable String body;
  private boolean isBase64;

  private PayloadReader() {}

  /**
   * The request of an event.
   *
   * @throws IOException when it is none of a function URL
   */
  static Request read(InputStream event) throws IOException {
    PayloadReader reader = new PayloadReader();
    try (JsonParser in = JSON.createParser(event)) {
      reader.event(in);
    }
    return reader.request();
  }

  private void event(JsonParser in) throws IOException {
    require(in.nextToken() == JsonToken.START_OBJECT, "is no JSON object");
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      switch (name) {
        case "rawPath" -> path = text(in, value);
        case "rawQueryString" -> query = text(in, value);
        case "headers" -> headers(in, value);
        case "requestContext" -> context(in, value);
        case "body" -> body = value == JsonToken.VALUE_NULL ? null : text(in, value);
        case "isBase64Encoded" -> isBase64 = value == JsonToken.VALUE_TRUE;
        default -> in.skipChildren();
      }
    }
    require(in.currentToken() == JsonToken.END_OBJECT, "is cut off");
  }

  private void headers(JsonParser in, JsonToken at) throws IOException {
    if (at != JsonToken.START_OBJECT) {
      return;
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName().toLowerCase(Locale.ROOT);
      JsonToken value = in.nextToken();
      if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
        headers.merge(name, in.getText(), (one, other) -> one + "," + other);
      } else {
        in.skipChildren();
      }
    }
  }

  private void context(JsonParser in, JsonToken at) throws IOException {
    if (at != JsonToken.START_OBJECT) {
      return;
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      boolean http = in.currentName().equals("http");
      if (in.nextToken() != JsonToken.START_OBJECT || !http) {
        in.skipChildren();
        continue;
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean isMethod = in.currentName().equals("method");
        JsonToken value = in.nextToken();
        if (isMethod) {
          method = text(in, value);
        } else {
          in.skipChildren();
        }
      }
    }
  }

  private static String text(JsonParser in, JsonToken value) throws IOException {
    require(value == JsonToken.VALUE_STRING, "has no text where text must be");
    return in.getText();
  }

  private static void require(boolean right, String wrong) throws IOException {
    if (!right) {
      throw new IOException("the event " + wrong);
    }
  }

  private Request request() throws IOException {
    require(!method.isEmpty() && !path.isEmpty(), "names no method and path: it is no request");
    return new Request(method, path, query, headers, bytes());
  }

  private byte[] bytes() throws IOException {
    String text = body;
    if (text == null) {
      return new byte[0];
    }
    if (!isBase64) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("the event's body is no base 64", e);
    }
  }
}
