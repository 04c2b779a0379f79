package dev.graft.s3.fake;

import java.util.Map;

/** An answer that refuses, in S3's words. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Map<String, String> headers;

  Refusal(int status, String code, String message) {
    this(status, code, message, Map.of());
  }

  Refusal(int status, String code, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  String xml() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
        + code
        + "</Code><Message>"
        + Xml.escaped(String.valueOf(getMessage()))
        + "</Message><RequestId>0</RequestId></Error>";
  }
}
