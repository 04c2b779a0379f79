package dev.graft.functions.service;

import dev.graft.http.HttpLimits;
import dev.graft.http.LogAnswer;
import dev.graft.http.LogRequest;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.http.Route;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.remote.ChangesOutcome;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.LogPage;

/** What is asked of a volume without changing it. */
final class ChangesRoutes {
  private static final int OK = 200;

  private final Backend backend;

  ChangesRoutes(Backend backend) {
    this.backend = backend;
  }

  Answer answer(Route route, byte[] body) {
    return switch (route) {
      case Route.Info(VolumeId volume) -> {
        Messages.empty().decode(body);
        yield Answer.json(OK, Messages.volumeInfo().encode(backend.engine().volume(volume)));
      }
      case Route.State(VolumeId volume) -> {
        Messages.empty().decode(body);
        yield Answer.json(OK, Messages.volumeState().encode(backend.engine().state(volume)));
      }
      case Route.Changes(VolumeId volume) -> changes(volume, body);
      case Route.Log(VolumeId volume) -> log(volume, body);
      default -> throw new IllegalArgumentException("not a route of changes: " + route);
    };
  }

  private Answer changes(VolumeId volume, byte[] body) {
    return switch (backend.engine().changesSince(Messages.changesRequest(volume).decode(body))) {
      case ChangesOutcome.Changed(Graft graft) -> Answer.json(OK, Messages.graft().encode(graft));
      case ChangesOutcome.Diverged diverged -> throw new Refusal(Problem.of(diverged));
    };
  }

  /** Cut by halves while it is too long: what is cut is asked for again. */
  private Answer log(VolumeId volume, byte[] body) {
    LogRequest request = Messages.logRequest().decode(body);
    LogPage page = backend.engine().log(volume, request.newest(), request.max());
    boolean more = false;
    while (true) {
      byte[] answer = Messages.logPage().encode(new LogAnswer(page, more));
      int commits = page.commits().size();
      if (answer.length <= HttpLimits.LOG_ANSWER_BYTES || commits < 2) {
        return Answer.json(OK, answer);
      }
      page = new LogPage(page.head(), page.floor(), page.commits().subList(0, commits / 2));
      more = true;
    }
  }
}
