package dev.graft.http;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.CommitOutcome;
import dev.graft.protocol.remote.Graft;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What failed, or an outcome that HTTP calls a failure: a problem document (RFC 9457) as a value.
 *
 * @param code what kind
 * @param status of the HTTP answer, 400..599
 * @param detail a sentence for people; at most {@link #MAX_DETAIL} characters
 * @param graft of a conflict: what changed since the base
 * @param claimed of a divergence: what the caller said
 * @param actual of a divergence: what stands at that LSN
 * @param serverTime where a time in the request is too far off
 * @param retryAfter when it may be asked again
 */
public record Problem(
    Code code,
    int status,
    String detail,
    @Nullable Graft graft,
    @Nullable Position claimed,
    @Nullable Position actual,
    @Nullable Instant serverTime,
    @Nullable Duration retryAfter) {
  /** Longer details are cut. */
  public static final int MAX_DETAIL = 2048;

  /** How long to wait when nothing better is known. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  public Problem {
    if (status < 400 || status > 599) {
      throw new GraftException.Misuse("a problem has no status " + status);
    }
    detail = cut(detail);
  }

  private static String cut(String detail) {
    if (detail.length() <= MAX_DETAIL) {
      return detail;
    }
    int end = Character.isHighSurrogate(detail.charAt(MAX_DETAIL - 1)) ? 1 : 0;
    return detail.substring(0, MAX_DETAIL - end);
  }

  /** A failure under the usual status of its code; one that may pass comes with a time to wait. */
  public static Problem of(GraftException failure) {
    return of(failure.code(), usualStatus(failure.code()), String.valueOf(failure.getMessage()));
  }

  /** A failure under a status of its own, for example 413 for a misuse. */
  public static Problem of(Code code, int status, String detail) {
    boolean passes = code == Code.LIMIT || code == Code.UNAVAILABLE;
    return new Problem(code, status, detail, null, null, null, null, passes ? RETRY_AFTER : null);
  }

  /** A conflict: final. */
  public static Problem of(CommitOutcome.Conflict conflict) {
    Graft graft = conflict.graft();
    String detail =
        "another commit stands at LSN "
            + graft.from().lsn().next()
            + " of "
            + graft.volume()
            + ", whose newest is "
            + graft.head().lsn()
            + ": lay the graft on your base, and decide anew";
    return new Problem(
        Code.CONFLICT, usualStatus(Code.CONFLICT), detail, graft, null, null, null, null);
  }

  /** A divergence. */
  public static Problem of(ChangesOutcome.Diverged diverged) {
    String detail =
        "commit "
            + diverged.claimed()
            + " is not in this volume's history, which has "
            + diverged.actual()
            + ": lay the whole snapshot on the empty volume";
    return new Problem(
        Code.DIVERGED,
        usualStatus(Code.DIVERGED),
        detail,
        null,
        diverged.claimed(),
        diverged.actual(),
        null,
        null);
  }

  /** The same with a time to wait. */
  public Problem retryAfter(Duration wait) {
    return new Problem(code, status, detail, graft, claimed, actual, serverTime, wait);
  }

  /** The same with the right time. */
  public Problem serverTime(Instant time) {
    return new Problem(code, status, detail, graft, claimed, actual, time, retryAfter);
  }

  /** The status of a code when nothing more is known. */
  public static int usualStatus(Code code) {
    return switch (code) {
      case CONFLICT, DIVERGED -> 409;
      case GONE -> 410;
      case NOT_FOUND -> 404;
      case MISUSE -> 400;
      case UNAUTHORIZED -> 403;
      case LIMIT -> 429;
      case CORRUPT -> 500;
      case UNAVAILABLE -> 503;
    };
  }

  /** The failure that it tells of; an outcome that nobody expects here is a failure too. */
  public GraftException toException() {
    return switch (code) {
      case CONFLICT -> new GraftException.Conflict(detail);
      case DIVERGED -> new GraftException.Diverged(detail);
      case GONE -> new GraftException.Gone(detail);
      case NOT_FOUND -> new GraftException.NotFound(detail);
      case MISUSE -> new GraftException.Misuse(detail);
      case UNAUTHORIZED -> new GraftException.Unauthorized(detail);
      case LIMIT -> new GraftException.Limit(detail);
      case CORRUPT -> new GraftException.Corrupt(detail);
      case UNAVAILABLE -> new GraftException.Unavailable(detail);
    };
  }
}
