package dev.graft.replica;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Events of a function URL as the service makes them, and what it makes of answers. */
final class UrlEvents {
  private UrlEvents() {}

  /** What a caller of the URL gets. */
  record Got(int status, String body) {
    /** The rows, as they stand in a JSON body. */
    String rows() {
      return body.substring(body.indexOf("\"rows\":"), body.indexOf(",\"rowCount\""));
    }

    /** A number of the cost in a JSON body. */
    long cost(String name) {
      String after = body.substring(body.lastIndexOf("\"" + name + "\":") + name.length() + 3);
      return Long.parseLong(
          after.substring(0, after.indexOf(after.contains(",") ? ',' : '}')).replace("}", ""));
    }
  }

  /** A request with a body. */
  static String event(String method, String path, String body) {
    return "{\"version\":\"2.0\",\"routeKey\":\"$default\",\"rawPath\":\""
        + path
        + "\",\"rawQueryString\":\"\",\"headers\":{\"content-type\":\"application/json\"},"
        + "\"requestContext\":{\"accountId\":\"anonymous\",\"http\":{\"method\":\""
        + method
        + "\",\"path\":\""
        + path
        + "\",\"protocol\":\"HTTP/1.1\"},\"requestId\":\"r-1\",\"timeEpoch\":1},\"body\":\""
        + new String(JsonStringEncoder.getInstance().quoteAsString(body))
        + "\",\"isBase64Encoded\":false}";
  }

  /** A question. */
  static String query(String body) {
    return event("POST", "/query", body);
  }

  /** Reads an answer. */
  static Got got(byte[] answer) throws IOException {
    int status = 0;
    String body = "";
    try (JsonParser in = new JsonFactory().createParser(answer)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String member = in.currentName();
        in.nextToken();
        switch (member) {
          case "statusCode" -> status = in.getIntValue();
          case "body" ->
              body = new String(Base64.getDecoder().decode(in.getText()), StandardCharsets.UTF_8);
          default -> in.skipChildren();
        }
      }
    }
    return new Got(status, body);
  }
}
