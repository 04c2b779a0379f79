package dev.graft.s3.fake;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer as it goes.
 *
 * @param lengthBytes what content-length says, of the body or of the object that HEAD asked for
 */
record FakeAnswer(int status, Map<String, String> headers, byte[] body, long lengthBytes) {
  private static final byte[] NOTHING = {};

  static FakeAnswer of(int status, Map<String, String> headers, byte[] body) {
    return new FakeAnswer(status, headers, body, body.length);
  }

  static FakeAnswer empty(int status) {
    return of(status, Map.of(), NOTHING);
  }

  static FakeAnswer xml(int status, String xml) {
    byte[] body = xml.getBytes(StandardCharsets.UTF_8);
    return of(status, Map.of("content-type", "application/xml"), body);
  }
}
