package dev.graft.replica;

import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The HTTP side of a read replica: one route, problems as documents. Safe for many threads. */
final class QueryFace {
  static final String PATH = "/query";

  private final Supplier<ReadReplica> replica;
  private final InstantSource clock;

  /**
   * A face that opens its replica when it is first asked.
   *
   * @param replica gives the same one always
   */
  QueryFace(Supplier<ReadReplica> replica, InstantSource clock) {
    this.replica = replica;
    this.clock = clock;
  }

  /**
   * Answers a request, also with what went wrong.
   *
   * @param time the most that may pass
   */
  FunctionUrl.Response answer(FunctionUrl.Request request, Duration time) {
    Map<String, String> headers = headers(request);
    try {
      Answer answer = answered(request, time);
      Facts facts = answer.facts();
      headers.put(Headers.CONTENT_TYPE, answer.contentType());
      headers.put("graft-lsn", facts.lsn().toString());
      headers.put("graft-snapshot-time", facts.time().toString());
      headers.put("graft-as-of", facts.asOf().toString());
      headers.put("graft-rows", Long.toString(facts.rows()));
      headers.put("graft-truncated", facts.truncated().name().toLowerCase(Locale.ROOT));
      if (facts.reopened()) {
        headers.put("graft-reopened", "true");
      }
      return new FunctionUrl.Response(200, headers, answer.body());
    } catch (Refused e) {
      return problem(e.problem(), headers);
    } catch (GraftException e) {
      return problem(Problem.of(e), headers);
    } catch (RuntimeException e) {
      // What it says is for the log, not for whoever asked.
      e.printStackTrace();
      return problem(
          Problem.of(Code.UNAVAILABLE, 500, "the replica failed: its log says how"), headers);
    }
  }

  private Answer answered(FunctionUrl.Request request, Duration time) {
    if (!request.path().equals(PATH)) {
      throw new GraftException.NotFound("nothing is at '" + request.path() + "': POST " + PATH);
    }
    if (!request.method().equals("POST")) {
      throw Refused.method(request.method(), PATH);
    }
    return replica.get().answer(QueryJson.read(request.body()), time);
  }

  private Map<String, String> headers(FunctionUrl.Request request) {
    Map<String, String> headers = new TreeMap<>();
    headers.put(Headers.CACHE_CONTROL, Headers.NO_STORE);
    headers.put(Headers.TIME, clock.instant().toString());
    String asked = request.headers().getOrDefault(Headers.REQUEST, "");
    headers.put(Headers.REQUEST, Headers.isRequestName(asked) ? asked : request.id());
    return headers;
  }

  private static FunctionUrl.Response problem(Problem problem, Map<String, String> headers) {
    headers.put(Headers.CONTENT_TYPE, Headers.PROBLEM);
    Duration wait = problem.retryAfter();
    if (wait != null) {
      headers.put(Headers.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())));
    }
    return new FunctionUrl.Response(problem.status(), headers, Messages.problem().encode(problem));
  }
}
