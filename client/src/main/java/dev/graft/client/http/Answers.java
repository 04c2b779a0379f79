package dev.graft.client.http;

import dev.graft.client.http.Attempts.AgainException;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.Message;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import java.io.EOFException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells what an HTTP answer means: {@code docs/http.md}, section 5. */
final class Answers {
  private static final int MAX_RETRY_SECONDS = 86_400;

  private final RemoteAddress address;
  private final Traffic traffic;
  private volatile @Nullable Instant serverTime;

  Answers(RemoteAddress address, Traffic traffic) {
    this.address = address;
    this.traffic = traffic;
  }

  /** The other side's clock at its last answer; null before any. */
  @Nullable Instant serverTime() {
    return serverTime;
  }

  /** Reads an answer to a question or command. */
  <T> Reply<T> read(Transport.Answer answer, Message<T> message)
      throws IOException, AgainException {
    noteTime(answer);
    if (answer.status() != 200) {
      return new Reply.Refused<>(outcome(answer));
    }
    byte[] body = body(answer, message.maxBytes());
    try {
      return new Reply.Said<>(message.decode(body));
    } catch (GraftException.Corrupt e) {
      throw new AgainException(
          new GraftException.Unavailable(
              address
                  + " does not answer as a remote does: is the address right? "
                  + e.getMessage(),
              e),
          null,
          isRemote(answer));
    }
  }

  /**
   * What an answer that is not 200 says.
   *
   * @return a conflict or divergence
   * @throws GraftException what failed, for good
   * @throws AgainException what failed, for now
   */
  Problem outcome(Transport.Answer answer) throws IOException, AgainException {
    Problem problem = problem(answer);
    if (problem == null) {
      throw undocumented(answer);
    }
    GraftException failure = problem.toException();
    if (problem.code() == Code.LIMIT && problem.status() != 429) {
      throw failure;
    }
    return switch (problem.code()) {
      case CONFLICT, DIVERGED -> problem;
      case LIMIT, UNAVAILABLE ->
          throw new AgainException(failure, wait(answer, problem.retryAfter()), true);
      case GONE, NOT_FOUND, CORRUPT, MISUSE, UNAUTHORIZED -> throw failure;
    };
  }

  private @Nullable Problem problem(Transport.Answer answer) throws IOException {
    String type = answer.header(Headers.CONTENT_TYPE);
    if (type == null || !type.startsWith(Headers.PROBLEM)) {
      return null;
    }
    try {
      return Messages.problem().decode(body(answer, HttpLimits.MAX_ANSWER_BYTES));
    } catch (GraftException.Corrupt e) {
      return null;
    }
  }

  /** An answer of somebody on the way, or of one who is no remote at all. */
  private AgainException undocumented(Transport.Answer answer) {
    int status = answer.status();
    return switch (status) {
      case 401 ->
          throw new GraftException.Unauthorized(
              address
                  + " asks for a token, or for another one: set the environment variable"
                  + " GRAFT_TOKEN, or the one that token_env names");
      case 403 ->
          throw new GraftException.Unauthorized(
              address + " does not admit this with the token at hand: ask for one that does");
      case 413 -> throw new GraftException.Limit(address + " takes no body of that length");
      case 408, 425, 500, 502, 503, 504 ->
          new AgainException(
              new GraftException.Unavailable(address + " answered with status " + status),
              wait(answer, null),
              true);
      case 429 ->
          new AgainException(
              new GraftException.Limit(
                  address + " has had too many requests (status 429): ask less often"),
              wait(answer, null),
              true);
      default ->
          new AgainException(
              new GraftException.Unavailable(
                  address
                      + " answered with status "
                      + status
                      + ", and not as a remote does: is the address right?"),
              null,
              isRemote(answer));
    };
  }

  private static @Nullable Duration wait(Transport.Answer answer, @Nullable Duration told) {
    String header = answer.header(Headers.RETRY_AFTER);
    if (header == null || header.length() > 9 || !header.chars().allMatch(Character::isDigit)) {
      return told;
    }
    return header.isEmpty()
        ? told
        : Duration.ofSeconds(Math.min(MAX_RETRY_SECONDS, Long.parseLong(header)));
  }

  private static boolean isRemote(Transport.Answer answer) {
    return answer.header(Headers.TIME) != null;
  }

  void noteTime(Transport.Answer answer) {
    String time = answer.header(Headers.TIME);
    if (time != null) {
      try {
        serverTime = Instant.parse(time);
      } catch (DateTimeException e) {
        // A clock that nobody can read is as good as none; the answer itself counts.
        return;
      }
    }
  }

  /** The whole body; one that ends too early is told from one that is complete. */
  private byte[] body(Transport.Answer answer, int maxBytes) throws IOException {
    byte[] body = answer.body().readNBytes(maxBytes + 1);
    traffic.received(body.length);
    if (body.length > maxBytes) {
      throw new IOException("the answer is longer than " + maxBytes + " bytes");
    }
    long told = contentLength(answer);
    if (told >= 0 && told != body.length) {
      throw new EOFException("it ended after " + body.length + " of " + told + " bytes");
    }
    return body;
  }

  /** The length that an answer says it has; -1 when it does not. */
  static long contentLength(Transport.Answer answer) {
    String length = answer.header("content-length");
    if (length == null || length.isEmpty() || length.length() > 18) {
      return -1;
    }
    return length.chars().allMatch(Character::isDigit) ? Long.parseLong(length) : -1;
  }
}
