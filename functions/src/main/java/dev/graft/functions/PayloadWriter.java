package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.functions.service.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes answers of function URLs, payload format 2.0. */
final class PayloadWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private PayloadWriter() {}

  /** Text stands as text, unless escapes would make it longer than base 64; bytes as base 64. */
  static void write(Answer answer, OutputStream to) throws IOException {
    try (JsonGenerator out = JSON.createGenerator(to)) {
      out.writeStartObject();
      out.writeNumberField("statusCode", answer.status());
      out.writeObjectFieldStart("headers");
      for (Map.Entry<String, String> header : answer.headers().entrySet()) {
        out.writeStringField(header.getKey(), header.getValue());
      }
      out.writeEndObject();
      byte[] body = answer.body();
      boolean isBase64 = answer.isBinary() || escapes(body) > body.length / 3;
      out.writeBooleanField("isBase64Encoded", isBase64);
      if (isBase64) {
        out.writeFieldName("body");
        out.writeBinary(body);
      } else {
        out.writeStringField("body", new String(body, StandardCharsets.UTF_8));
      }
      out.writeEndObject();
    }
  }

  private static int escapes(byte[] text) {
    int count = 0;
    for (byte b : text) {
      count += b == '"' || b == '\\' ? 1 : 0;
    }
    return count;
  }
}
