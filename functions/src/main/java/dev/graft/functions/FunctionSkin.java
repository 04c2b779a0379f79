package dev.graft.functions;

import dev.graft.functions.service.Answer;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.Group;
import dev.graft.functions.service.Request;
import dev.graft.functions.service.Service;
import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.Problem;
import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What is left of a function when its service is taken away: an event in, an answer out. */
final class FunctionSkin {
  private static final int BAD_REQUEST = 400;

  private final Supplier<Service> service;

  FunctionSkin(Supplier<Service> service) {
    this.service = service;
  }

  /** Of a process that Lambda runs: by the settings in the environment. */
  static FunctionSkin ofProcess(Group group) {
    return new FunctionSkin(Instance.ofProcess(made -> new Service(Set.of(group), made.backend())));
  }

  /** Of a process that brings what it works with. */
  static FunctionSkin of(Group group, Backend backend) {
    Service service = new Service(Set.of(group), backend);
    return new FunctionSkin(() -> service);
  }

  /**
   * Handles one event. Whatever it is, an answer is written.
   *
   * @throws IOException when the answer cannot be written
   */
  void handle(InputStream event, OutputStream answer) throws IOException {
    PayloadWriter.write(answer(event), answer);
  }

  private Answer answer(InputStream event) {
    Request request;
    try {
      request = PayloadReader.read(event);
    } catch (IOException e) {
      Problem problem =
          Problem.of(
              Code.MISUSE,
              BAD_REQUEST,
              "this function is called through its address, with events of payload format 2.0");
      return new Answer(
          BAD_REQUEST,
          Map.of(Headers.CONTENT_TYPE, Headers.PROBLEM, Headers.CACHE_CONTROL, Headers.NO_STORE),
          Messages.problem().encode(problem));
    }
    return service.get().answer(request);
  }
}
