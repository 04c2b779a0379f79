package dev.graft.client.http;

import dev.graft.http.Headers;
import dev.graft.http.Message;
import dev.graft.http.Route;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.VolumeId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Sends questions and commands, and repeats them until they are answered. */
final class Questions {
  private final RemoteAddress address;
  private final Transport transport;
  private final TokenSource tokens;
  private final RandomGenerator random;
  private final Attempts attempts;
  private final Answers answers;
  private final Traffic traffic;

  Questions(
      RemoteAddress address,
      Transport transport,
      TokenSource tokens,
      RandomGenerator random,
      Attempts attempts,
      Answers answers,
      Traffic traffic) {
    this.address = address;
    this.transport = transport;
    this.tokens = tokens;
    this.random = random;
    this.attempts = attempts;
    this.answers = answers;
    this.traffic = traffic;
  }

  /** Asks about the volume of the route, with a JSON message. */
  <Q, T> Reply<T> ask(Route.OfVolume route, Message<Q> question, Q value, Message<T> answer) {
    return ask(route, route.volume(), question.encode(value), Headers.JSON, answer);
  }

  /** The same for what is done once at most: a refusal tells only when nothing was sent before. */
  <Q, T> Reply<T> command(Route.OfVolume route, Message<Q> command, Q value, Message<T> answer) {
    return attempts.untilKnown(
        attempt(route, route.volume(), command.encode(value), Headers.JSON, answer));
  }

  /**
   * Asks with any body.
   *
   * @param volume whose token is shown
   */
  <T> Reply<T> ask(
      Route route, VolumeId volume, byte[] body, String contentType, Message<T> answer) {
    return attempts.untilAnswered(1, attempt(route, volume, body, contentType, answer));
  }

  private <T> Attempts.Attempt<Reply<T>> attempt(
      Route route, VolumeId volume, byte[] body, String contentType, Message<T> answer) {
    Map<String, String> headers = headers(volume);
    headers.put(Headers.CONTENT_TYPE, contentType);
    headers.put(Headers.CONTENT_SHA256, Hash.sha256(body).toString());
    return timeout -> {
      traffic.sent(body.length);
      var request = new Transport.Request("POST", address.of(route), headers, body, timeout);
      return Received.of(transport, request, each -> answers.read(each, answer));
    };
  }

  /** What every request to the remote shows. */
  Map<String, String> headers(VolumeId volume) {
    Map<String, String> headers = new LinkedHashMap<>();
    tokens.token(volume).ifPresent(token -> headers.put(Headers.TOKEN, token));
    headers.put(Headers.REQUEST, name());
    headers.put("accept", "*/*");
    return headers;
  }

  private String name() {
    synchronized (random) {
      return HexFormat.of().toHexDigits(random.nextLong());
    }
  }
}
