package dev.graft.functions.service;

import dev.graft.auth.Grant;
import dev.graft.auth.SignedToken;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.http.ForkAnswer;
import dev.graft.http.Messages;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.protocol.remote.Forked;
import dev.graft.protocol.remote.Remote;
import dev.graft.protocol.remote.VolumeState;

/** Volumes: made, forked, cut back, ended. */
final class VolumesRoutes {
  private static final int OK = 200;

  private final Backend backend;
  private final VolumeRecords records;
  private final ForkMakers makers;

  VolumesRoutes(Backend backend, VolumeRecords records) {
    this.backend = backend;
    this.records = records;
    this.makers = new ForkMakers(backend.bulk(), records, backend.engine());
  }

  Answer answer(Caller caller, Route route, byte[] body) {
    Remote engine = backend.engine();
    return switch (route) {
      case Route.Create() ->
          Answer.json(
              OK,
              Messages.volumeInfo()
                  .encode(engine.createVolume(Messages.createVolume().decode(body))));
      case Route.Fork(VolumeId parent) -> fork(caller, Messages.forkRequest(parent).decode(body));
      case Route.Retain(VolumeId volume) ->
          Answer.json(
              OK,
              Messages.retained()
                  .encode(engine.retain(Messages.retainRequest(volume).decode(body))));
      case Route.Waiting(VolumeId volume) -> {
        Messages.empty().decode(body);
        yield Answer.json(OK, Messages.waiting().encode(engine.waiting(volume)));
      }
      case Route.Delete(VolumeId volume) -> {
        Messages.empty().decode(body);
        VolumeState state = engine.delete(volume);
        // The volume first: a token that ends while its volume lives would be a wrong answer.
        backend.revocations().revokeAll(volume);
        makers.forget(volume);
        yield Answer.json(OK, Messages.volumeState().encode(state));
      }
      default -> throw new IllegalArgumentException("not a route of volumes: " + route);
    };
  }

  private Answer fork(Caller caller, ForkRequest request) {
    if (caller.token().grant().scope() instanceof VolumeScope.All) {
      Forked forked = backend.engine().fork(request);
      return Answer.json(OK, Messages.forked().encode(new ForkAnswer(forked, null)));
    }
    // First: a fork whose maker gets no token for it would be lost to everybody.
    SignedToken token = childToken(caller, request);
    boolean maker = makers.claim(request, caller.token().id(), () -> isThere(request));
    Forked forked = backend.engine().fork(request);
    String text = maker ? caller.handed(token) : null;
    return Answer.json(OK, Messages.forked().encode(new ForkAnswer(forked, text)));
  }

  private boolean isThere(ForkRequest request) {
    Position at = request.at();
    if (at.lsn().equals(Lsn.ZERO)) {
      return false;
    }
    try {
      return backend.engine().log(request.parent(), at.lsn(), 1).commits().stream()
          .anyMatch(commit -> commit.position().equals(at));
    } catch (GraftException.Gone | GraftException.NotFound refused) {
      // Why a fork of it cannot be made is the engine's to say.
      return false;
    }
  }

  private SignedToken childToken(Caller caller, ForkRequest request) {
    TokenMaker maker = new TokenMaker(backend.keys().get(), backend.random(), backend.clock());
    return Refusal.orForbidden(() ->
        maker.makeForChild(
            caller.token(),
            request.parent(),
            Grant.ancestorsOf(records.record(request.parent())),
            request.at().lsn(),
            request.child()));
  }
}
