package dev.graft.functions.service;

import dev.graft.auth.SignedToken;
import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import java.util.Map;
import java.util.function.Supplier;

/** A problem on its way to its caller: what was asked is not done. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Not kept when this is serialized, which nobody does. */
  private final transient Problem problem;

  private final transient Map<String, String> headers;

  Refusal(Problem problem) {
    this(problem, Map.of());
  }

  Refusal(Problem problem, Map<String, String> headers) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
    this.headers = headers;
  }

  static Refusal misuse(int status, String detail) {
    return new Refusal(Problem.of(Code.MISUSE, status, detail));
  }

  /** A token's refusal is the caller's; a store's never comes from making one. */
  static SignedToken orForbidden(Supplier<SignedToken> made) {
    try {
      return made.get();
    } catch (GraftException.Unauthorized e) {
      throw new Refusal(Problem.of(e));
    }
  }

  Problem problem() {
    return problem;
  }

  /** What the answer carries beside the problem. */
  Map<String, String> headers() {
    return headers;
  }
}
