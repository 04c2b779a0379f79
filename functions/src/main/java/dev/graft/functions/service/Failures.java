package dev.graft.functions.service;

import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a caller is told when something fails: never where the store is, and never how the program
 * looks inside.
 */
final class Failures {
  /** An address, or the path of a file. */
  private static final Pattern PLACE = Pattern.compile("://|(^|[\\s'\"(=:,])[/~]|[A-Za-z]:\\\\");

  /** Longer than clients repeat a request, as somebody has to make room first: they tell it now. */
  private static final Duration FULL_RETRY_AFTER = Duration.ofMinutes(1);

  private static final int BAD_REQUEST = 400;
  private static final int BROKEN = 500;

  private Failures() {}

  static Problem problem(Throwable failure) {
    return switch (failure) {
      case Refusal refusal -> refusal.problem();
      // It was admitted: whoever refuses now is the store, and it refuses this function.
      case GraftException.Unauthorized _ ->
          Problem.of(
              Code.UNAVAILABLE,
              Problem.usualStatus(Code.UNAVAILABLE),
              "the store refuses its function; whoever runs it finds the reason in its log");
      // Whoever asks did nothing wrong, and an earlier try of the same request may have landed.
      case GraftException.Limit limit when WatchedStore.saysFull(limit) ->
          Problem.of(
                  Code.UNAVAILABLE,
                  Problem.usualStatus(Code.UNAVAILABLE),
                  "the store has no room left: whoever runs it has to free some; then the same"
                      + " request again, unchanged, finds out what became of it")
              .retryAfter(FULL_RETRY_AFTER);
      // Nothing that passes by itself: a volume with as many forks, names or pages as it can have.
      case GraftException.Limit limit ->
          new Problem(Code.LIMIT, BAD_REQUEST, told(limit), null, null, null, null, null);
      case GraftException known ->
          Problem.of(known.code(), Problem.usualStatus(known.code()), told(known));
      default ->
          Problem.of(
              Code.UNAVAILABLE,
              BROKEN,
              "the function failed; whoever runs it finds the reason in its log under the name of"
                  + " this request");
    };
  }

  private static String told(GraftException failure) {
    String message = String.valueOf(failure.getMessage());
    if (!PLACE.matcher(message).find()) {
      return message;
    }
    return switch (failure.code()) {
      case UNAVAILABLE ->
          "the store does not answer for certain; the same request again, unchanged, finds out"
              + " what became of it";
      case CORRUPT -> "an object of the store cannot be proved; examine the volume with a doctor";
      default -> "the store refused: " + failure.code().wireName();
    };
  }
}
