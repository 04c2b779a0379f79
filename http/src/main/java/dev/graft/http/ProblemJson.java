package dev.graft.http;

import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.remote.Graft;
import java.time.Duration;

/** The JSON of problem documents. */
final class ProblemJson {
  private static final int MAX_RETRY_SECONDS = 86_400;

  private ProblemJson() {}

  static void write(JsonOut out, Problem problem) {
    Code code = problem.code();
    out.text("type", "urn:graft:" + code.wireName()).text("title", title(code));
    out.number("status", problem.status()).text("detail", problem.detail());
    out.text("code", code.wireName());
    Graft graft = problem.graft();
    if (graft != null) {
      out.object("graft", inner -> GraftJson.write(inner, graft));
    }
    if (problem.claimed() != null) {
      out.position("claimed", problem.claimed());
    }
    if (problem.actual() != null) {
      out.position("actual", problem.actual());
    }
    if (problem.serverTime() != null) {
      out.time("serverTime", problem.serverTime());
    }
    if (problem.retryAfter() != null) {
      out.number("retryAfter", seconds(problem.retryAfter()));
    }
  }

  /** Whole seconds, at least one, rounded up. */
  private static long seconds(Duration wait) {
    long seconds = wait.plusMillis(999).toSeconds();
    return Math.clamp(seconds, 1, MAX_RETRY_SECONDS);
  }

  static Problem problem(JsonObject in) {
    return new Problem(
        code(in),
        in.integer("status", 400, 599),
        in.text("detail", Problem.MAX_DETAIL),
        in.has("graft") ? in.object("graft", GraftJson::graft) : null,
        in.has("claimed") ? in.position("claimed") : null,
        in.has("actual") ? in.position("actual") : null,
        in.has("serverTime") ? in.time("serverTime") : null,
        in.has("retryAfter")
            ? Duration.ofSeconds(in.number("retryAfter", 1, MAX_RETRY_SECONDS))
            : null);
  }

  private static Code code(JsonObject in) {
    String name = in.text("code", 32);
    for (Code code : Code.values()) {
      if (code.wireName().equals(name)) {
        return code;
      }
    }
    throw in.wrong("code", "is not one of this release");
  }

  private static String title(Code code) {
    return switch (code) {
      case CONFLICT -> "another commit took the LSN";
      case DIVERGED -> "the position is of another history";
      case GONE -> "this was given up";
      case NOT_FOUND -> "there is no such thing";
      case CORRUPT -> "stored bytes cannot be proved";
      case UNAVAILABLE -> "not now";
      case UNAUTHORIZED -> "the token does not admit this";
      case MISUSE -> "the request breaks a rule";
      case LIMIT -> "a limit was reached";
    };
  }
}
