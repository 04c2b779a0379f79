package dev.graft.localstack.web;

import dev.graft.protocol.error.GraftException.Code;

/** A request is turned away by the server itself; its connection is closed after the answer. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient WebAnswer.Response answer;

  private RefusedException(String detail, WebAnswer.Response answer) {
    super(detail, null, false, false);
    this.answer = answer;
  }

  /** One with a status and a sentence. */
  static RefusedException of(int status, Code code, String detail) {
    return new RefusedException(detail, WebAnswer.problem(status, code, detail));
  }

  /** What is no HTTP/1.1 as we take it. */
  static RefusedException malformed(String detail) {
    return of(400, Code.MISUSE, detail);
  }

  /** More bytes than this server takes at all. */
  static RefusedException tooLarge(long maxBytes) {
    return of(
        413,
        Code.MISUSE,
        "the body is larger than "
            + maxBytes
            + " bytes: ask for a place to upload the segment instead");
  }

  WebAnswer.Response answer() {
    return answer;
  }
}
