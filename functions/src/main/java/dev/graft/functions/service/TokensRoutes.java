package dev.graft.functions.service;

import dev.graft.auth.Grant;
import dev.graft.auth.SignedToken;
import dev.graft.auth.Token;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.TokenVerifier;
import dev.graft.auth.Verdict;
import dev.graft.auth.VolumeScope;
import dev.graft.http.Messages;
import dev.graft.http.Nothing;
import dev.graft.http.RevokeRequest;
import dev.graft.http.Route;
import dev.graft.http.TokenAnswer;
import dev.graft.http.TokenRequest;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.TokenId;
import dev.graft.protocol.id.VolumeId;
import java.util.List;
import java.util.Optional;

/** Tokens: made and revoked. */
final class TokensRoutes {
  private static final int OK = 200;

  private final Backend backend;
  private final VolumeRecords records;

  TokensRoutes(Backend backend, VolumeRecords records) {
    this.backend = backend;
    this.records = records;
  }

  Answer answer(Caller caller, Route route, byte[] body) {
    return switch (route) {
      case Route.Tokens() -> make(caller, Messages.tokenRequest().decode(body));
      case Route.Revoke() -> {
        revoke(Messages.revoke().decode(body));
        yield Answer.json(OK, Messages.done().encode(new Nothing()));
      }
      default -> throw new IllegalArgumentException("not a route of tokens: " + route);
    };
  }

  private Answer make(Caller caller, TokenRequest request) {
    VolumeId volume = request.volume();
    Grant grant =
        new Grant(
            volume == null ? new VolumeScope.All() : VolumeScope.of(volume),
            request.actions(),
            volume == null ? List.of() : Grant.ancestorsOf(records.record(volume)),
            Optional.ofNullable(request.label()));
    TokenMaker maker = new TokenMaker(backend.keys().get(), backend.random(), backend.clock());
    SignedToken made =
        Refusal.orForbidden(() -> maker.makeUnder(caller.token(), grant, request.ttl()));
    return Answer.json(
        OK, Messages.token().encode(new TokenAnswer(caller.handed(made), made.token().expires())));
  }

  private void revoke(RevokeRequest request) {
    switch (request) {
      case RevokeRequest.ById(String id) -> backend.revocations().revoke(TokenId.parse(id));
      case RevokeRequest.ByToken(String text) -> {
        TokenVerifier verifier = new TokenVerifier(backend.keys().get());
        switch (verifier.prove(text)) {
          case Verdict.Admitted(Token token) -> {
            // One that has ended admits nothing as it is: there is nothing to keep.
            if (!token.isExpired(backend.clock().instant())) {
              backend.revocations().revoke(token);
            }
          }
          case Verdict.Refused refused ->
              throw new GraftException.Misuse(
                  "there is nothing to revoke in this: " + refused.reason());
        }
      }
    }
  }
}
