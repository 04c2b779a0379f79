package dev.graft.sim.lambda;

import dev.graft.functions.service.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What comes back over a connection. */
sealed interface Reply {
  /**
   * An answer.
   *
   * @param arriving of its body's bytes; with fewer than it has the connection breaks off
   */
  record Answered(Answer answer, int arriving) implements Reply {}

  /** The connection ends without a word. */
  record Dropped() implements Reply {}

  /** The status of the answer; 0 when there is none. */
  default int status() {
    return this instanceof Answered(Answer answer, int arriving) ? answer.status() : 0;
  }

  /** A whole answer. */
  static Reply of(Answer answer) {
    return new Answered(answer, answer.body().length);
  }

  /** What somebody on the way says who is no remote. */
  static Reply plain(int status, String text) {
    return of(
        new Answer(
            status, Map.of("content-type", "text/plain"), text.getBytes(StandardCharsets.UTF_8)));
  }
}
