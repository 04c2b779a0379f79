package dev.graft.client.http;

import dev.graft.http.Problem;

/** What a remote said: an answer, or an outcome that HTTP calls a problem. */
sealed interface Reply<T> {
  /** What was asked for. */
  record Said<T>(T value) implements Reply<T> {}

  /** A conflict or a divergence. */
  record Refused<T>(Problem problem) implements Reply<T> {}

  /** The answer; an outcome that the caller has no use for is thrown. */
  default T orThrow() {
    return switch (this) {
      case Said<T>(T value) -> value;
      case Refused<T>(Problem problem) -> throw problem.toException();
    };
  }
}
