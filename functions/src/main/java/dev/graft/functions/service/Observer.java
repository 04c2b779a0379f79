package dev.graft.functions.service;

import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Is told of every request. Safe for use by many threads; does not fail. */
public interface Observer {
  /** Nobody listens. */
  Observer NONE =
      new Observer() {
        @Override
        public Begun begin() {
          return seen -> {};
        }
      };

  /** A request came. */
  Begun begin();

  /** A request on its way. */
  @FunctionalInterface
  interface Begun {
    /** It was answered. */
    void end(Seen seen);
  }

  /**
   * What became of a request.
   *
   * @param request its name
   * @param group of the function; the route may be another's
   * @param route what was asked; null when the path is of none
   * @param token the id of the token that admitted it; null when none did
   * @param label the label of that token; null when it has none
   * @param made the id of the token that it was answered with; null when with none
   * @param status of the answer
   * @param code of the problem; null when there is none
   * @param failure what went wrong, with words that the caller does not see; null when nothing did
   * @param took from the first byte to the answer
   * @param bytesIn of the request's body
   * @param bytesOut of the answer's body
   */
  record Seen(
      String request,
      String group,
      @Nullable Route route,
      @Nullable String token,
      @Nullable String label,
      @Nullable String made,
      int status,
      GraftException.@Nullable Code code,
      @Nullable Throwable failure,
      Duration took,
      long bytesIn,
      long bytesOut) {}
}
