package dev.graft.functions.service;

import dev.graft.auth.Token;
import dev.graft.auth.Verdict;
import dev.graft.functions.service.Observer.Begun;
import dev.graft.http.Headers;
import dev.graft.http.HttpLimits;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException.Code;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.TokenId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of docs/http.md: path, token, limits, body, work, problem document, in this
 * order; what fails at one step never sees the next. Every request may come twice, late or never
 * find its caller: the engine's keys and positions make the second one find the first. Never throws
 * but for an {@link Error}. Safe for use by many threads.
 */
public final class Service {
  /** No JSON answer is longer: what a function may answer, less what it takes to wrap it. */
  static final int MAX_ANSWER_BYTES = 5_000_000;

  private static final int MAX_NAME_BITS = 64;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Set<Group> groups;
  private final String name;
  private final Backend backend;
  private final Meters meters;
  private final CommitRoutes commits;
  private final ChangesRoutes changes;
  private final VolumesRoutes volumes;
  private final TokensRoutes tokens;
  private final RangesRoutes ranges;

  /**
   * A service for some of the routes; others are 404.
   *
   * @param groups at least one
   */
  public Service(Set<Group> groups, Backend backend) {
    this.groups = Set.copyOf(groups);
    this.name =
        groups.size() == 1 ? groups.iterator().next().name().toLowerCase(Locale.ROOT) : "all";
    this.backend = backend;
    this.meters = new Meters(backend.limits(), backend.clock());
    VolumeRecords records = new VolumeRecords(backend.bulk());
    this.commits = new CommitRoutes(backend);
    this.changes = new ChangesRoutes(backend);
    this.volumes = new VolumesRoutes(backend, records);
    this.tokens = new TokensRoutes(backend, records);
    this.ranges = new RangesRoutes(backend);
  }

  /** Answers one request. */
  public Answer answer(Request request) {
    Begun begun = backend.observer().begin();
    Instant start = backend.clock().instant();
    Work work = new Work(request, requestName(request));
    Answer answer = work.run();
    Instant now = backend.clock().instant();
    Answer whole =
        answer
            .with(Headers.TIME, TIME.format(now))
            .with(Headers.REQUEST, work.requestName)
            .with(
                Headers.CACHE_CONTROL,
                answer.headers().getOrDefault(Headers.CACHE_CONTROL, Headers.NO_STORE));
    begun.end(work.seen(whole, Duration.between(start, now)));
    return whole;
  }

  private String requestName(Request request) {
    String asked = request.header(Headers.REQUEST);
    if (asked != null && Headers.isRequestName(asked)) {
      return asked;
    }
    synchronized (backend.random()) {
      return "r-" + Long.toUnsignedString(backend.random().nextLong() >>> (64 - MAX_NAME_BITS), 36);
    }
  }

  /** One request. */
  private final class Work {
    private final Request request;
    private final String requestName;
    private @Nullable Route route;
    private @Nullable Token token;
    private @Nullable TokenId made;
    private @Nullable Throwable failure;
    private @Nullable Code code;

    Work(Request request, String requestName) {
      this.request = request;
      this.requestName = requestName;
    }

    Answer run() {
      try {
        return checked(admitted());
      } catch (Refusal refused) {
        return problem(refused.problem(), refused.headers());
      } catch (RuntimeException e) {
        failure = e;
        return problem(Failures.problem(e), Map.of());
      }
    }

    private Answer admitted() {
      Route asked = findRoute();
      route = asked;
      Token proved = admit(asked);
      token = proved;
      meters.begin(proved.id().toString(), asked, request.body().length);
      checkBody(asked);
      Answer answer = dispatch(new Caller(proved, id -> made = id), asked);
      meters.end(proved.id().toString(), asked, answer.body().length);
      return answer;
    }

    private Route findRoute() {
      Optional<Route> found =
          request.query().isEmpty()
              ? Route.parse(request.method(), request.path())
                  .filter(asked -> groups.contains(Group.of(asked)))
              : Optional.empty();
      if (found.isPresent()) {
        return found.get();
      }
      List<String> methods = request.query().isEmpty() ? Route.methods(request.path()) : List.of();
      boolean own =
          methods.stream()
              .anyMatch(method ->
                  Route.parse(method, request.path())
                      .filter(other -> groups.contains(Group.of(other)))
                      .isPresent());
      if (own) {
        String allowed = String.join(", ", methods);
        throw new Refusal(
            Problem.of(Code.MISUSE, 405, "this path takes " + allowed + " alone"),
            Map.of("allow", allowed));
      }
      throw new Refusal(
          Problem.of(Code.NOT_FOUND, 404, "there is nothing at this path; see docs/http.md"));
    }

    private Token admit(Route asked) {
      return switch (backend.gate().admit(request.header(Headers.TOKEN), asked)) {
        case Verdict.Admitted(Token proved) -> proved;
        case Verdict.Refused refused ->
            throw new Refusal(
                Problem.of(
                    refused.toException().code(), refused.cause().status(), refused.reason()));
      };
    }

    private void checkBody(Route asked) {
      if (asked instanceof Route.OfObject) {
        return;
      }
      boolean isUpload = asked instanceof Route.Upload;
      String wanted = isUpload ? Headers.BYTES : Headers.JSON;
      String type = request.header(Headers.CONTENT_TYPE);
      if (type == null || !isOfType(type, wanted)) {
        throw Refusal.misuse(415, "the body's content type must be " + wanted);
      }
      int most = isUpload ? HttpLimits.MAX_UPLOAD_BYTES : HttpLimits.MAX_REQUEST_BYTES;
      if (request.body().length > most) {
        throw Refusal.misuse(
            413,
            "the body has "
                + request.body().length
                + " bytes; at most "
                + most
                + " are taken here: put the pages into segments and ask for a place to put them");
      }
      String sha256 = request.header(Headers.CONTENT_SHA256);
      if (sha256 == null || !sha256.equals(Hash.sha256(request.body()).toString())) {
        throw Refusal.misuse(
            400, "header " + Headers.CONTENT_SHA256 + " must be the SHA-256 of the body in hex");
      }
    }

    private static boolean isOfType(String type, String wanted) {
      int end = type.indexOf(';');
      return (end < 0 ? type : type.substring(0, end)).strip().equalsIgnoreCase(wanted);
    }

    private Answer dispatch(Caller caller, Route asked) {
      return switch (Group.of(asked)) {
        case COMMIT -> commits.answer(asked, request.body());
        case CHANGES -> changes.answer(asked, request.body());
        case VOLUMES -> volumes.answer(caller, asked, request.body());
        case TOKENS -> tokens.answer(caller, asked, request.body());
        case RANGES -> ranges.answer((Route.OfObject) asked, request);
      };
    }

    private Answer checked(Answer answer) {
      if (!answer.isBinary() && answer.body().length > MAX_ANSWER_BYTES) {
        throw new Refusal(
            new Problem(
                Code.LIMIT,
                400,
                "the answer has "
                    + answer.body().length
                    + " bytes, and a function answers at most "
                    + MAX_ANSWER_BYTES
                    + "; ask for less at once",
                null,
                null,
                null,
                null,
                null));
      }
      return answer;
    }

    private Answer problem(Problem problem, Map<String, String> headers) {
      code = problem.code();
      boolean bodiless = request.method().equals("HEAD");
      Answer answer =
          new Answer(
              problem.status(),
              headers,
              bodiless ? new byte[0] : Messages.problem().encode(problem));
      answer = answer.with(Headers.CONTENT_TYPE, Headers.PROBLEM);
      Duration wait = problem.retryAfter();
      return wait == null
          ? answer
          : answer.with(
              Headers.RETRY_AFTER, Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
    }

    Observer.Seen seen(Answer answer, Duration took) {
      return new Observer.Seen(
          requestName,
          name,
          route,
          token == null ? null : token.id().toString(),
          token == null ? null : token.grant().label().orElse(null),
          made == null ? null : made.toString(),
          answer.status(),
          code,
          failure,
          took,
          request.body().length,
          answer.body().length);
    }
  }
}
