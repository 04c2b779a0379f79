package dev.graft.functions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** The events and answers of function URLs, from Lambda's side. */
final class Events {
  private Events() {}

  static byte[] event(Request request, boolean base64) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("version", "2.0");
      out.writeStringField("routeKey", "$default");
      out.writeStringField("rawPath", request.path());
      out.writeStringField("rawQueryString", request.query());
      out.writeArrayFieldStart("cookies");
      out.writeString("a=b");
      out.writeEndArray();
      out.writeObjectFieldStart("headers");
      for (Map.Entry<String, String> header : request.headers().entrySet()) {
        out.writeStringField(header.getKey(), header.getValue());
      }
      out.writeEndObject();
      out.writeObjectFieldStart("requestContext");
      out.writeStringField("accountId", "anonymous");
      out.writeObjectFieldStart("http");
      out.writeStringField("method", request.method());
      out.writeStringField("path", request.path());
      out.writeStringField("sourceIp", "127.0.0.1");
      out.writeEndObject();
      out.writeNumberField("timeEpoch", 1);
      out.writeEndObject();
      if (request.body().length > 0) {
        out.writeStringField(
            "body",
            base64
                ? Base64.getEncoder().encodeToString(request.body())
                : new String(request.body(), StandardCharsets.UTF_8));
      }
      out.writeBooleanField("isBase64Encoded", base64);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  static Answer answer(byte[] json) throws IOException {
    int status = 0;
    Map<String, String> headers = new HashMap<>();
    String body = "";
    boolean base64 = false;
    try (JsonParser in = new JsonFactory().createParser(json)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
          case "statusCode" -> status = in.getIntValue();
          case "isBase64Encoded" -> base64 = in.getBooleanValue();
          case "body" -> body = in.getText();
          case "headers" -> {
            while (in.nextToken() == JsonToken.FIELD_NAME) {
              String header = in.currentName();
              headers.put(header, in.nextTextValue());
            }
          }
          default -> in.skipChildren();
        }
      }
    }
    return new Answer(
        status,
        headers,
        base64 ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8));
  }
}
