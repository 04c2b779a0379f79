package dev.graft.localstack.edge;

import dev.graft.auth.Verdict;
import dev.graft.functions.service.Gate;
import dev.graft.http.Headers;
import dev.graft.http.Route;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.error.GraftException.Code;
import java.util.List;
import java.util.Optional;

/**
 * The viewer check in Java: the strict path grammar, then the token. What cannot be decided is
 * turned away.
 */
public final class AdmissionCheck implements ViewerCheck {
  private final Gate gate;

  /** Asks this gate about every request whose path is of the grammar. */
  public AdmissionCheck(Gate gate) {
    this.gate = gate;
  }

  @Override
  public Optional<WebAnswer.Response> refuse(WebRequest request) {
    List<String> methods = Route.methods(request.path());
    if (methods.isEmpty() || !request.query().isEmpty()) {
      return Optional.of(
          WebAnswer.problem(
              404, Code.NOT_FOUND, "there is nothing at this path: see docs/http.md"));
    }
    Optional<Route> route = Route.parse(request.method(), request.path());
    if (route.isEmpty()) {
      String allowed = String.join(", ", methods);
      return Optional.of(
          WebAnswer.problem(405, Code.MISUSE, "this path takes " + allowed).with("allow", allowed));
    }
    try {
      return switch (gate.admit(request.headers().get(Headers.TOKEN), route.get())) {
        case Verdict.Admitted _ -> Optional.empty();
        case Verdict.Refused refused ->
            Optional.of(
                WebAnswer.problem(
                    refused.cause().status(), refused.toException().code(), refused.reason()));
      };
    } catch (GraftException.Unavailable e) {
      return Optional.of(
          WebAnswer.problem(
                  503, Code.UNAVAILABLE, "it cannot be told now whether the token is revoked")
              .with(Headers.RETRY_AFTER, "1"));
    }
  }
}
