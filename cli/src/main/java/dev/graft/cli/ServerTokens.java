package dev.graft.cli;

import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.Transport;
import dev.graft.client.http.UrlTransport;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.http.Headers;
import dev.graft.http.Messages;
import dev.graft.http.RevokeRequest;
import dev.graft.http.Route;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** What a server does with tokens, asked with the token of the environment. */
final class ServerTokens {
  private static final String VARIABLE = "GRAFT_TOKEN";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_ANSWER_BYTES = 64 << 10;

  private final RemoteAddress address;
  private final String token;

  private ServerTokens(RemoteAddress address, String token) {
    this.address = address;
    this.token = token;
  }

  static ServerTokens at(String address, Surroundings surroundings) {
    String token = surroundings.environment().getOrDefault(VARIABLE, "");
    if (token.isEmpty()) {
      throw Failure.usage(
          address + " asks for a token that may revoke others: put one into " + VARIABLE);
    }
    return new ServerTokens(RemoteAddress.parse(address, false), token);
  }

  /** Revokes one; again does no harm. */
  void revoke(RevokeRequest request) {
    byte[] body = Messages.revoke().encode(request);
    Map<String, String> headers = new HashMap<>();
    headers.put(Headers.TOKEN, token);
    headers.put(Headers.CONTENT_TYPE, Headers.JSON);
    headers.put(Headers.CONTENT_SHA256, Hash.sha256(body).toString());
    URI uri = address.origin().resolve(new Route.Revoke().path());
    Concurrency concurrency = new ThreadConcurrency(InstantSource.system());
    try (Transport transport = new UrlTransport(concurrency)) {
      transport.send(
          new Transport.Request("POST", uri, headers, body, PATIENCE),
          answer -> {
            read(answer);
            return true;
          });
    } catch (IOException e) {
      throw new GraftException.Unavailable(
          address + " did not answer, and the token may be revoked or not: try again", e);
    }
  }

  private void read(Transport.Answer answer) throws IOException {
    byte[] body = answer.body().readNBytes(MAX_ANSWER_BYTES);
    if (answer.status() == 200) {
      return;
    }
    if (Headers.PROBLEM.equals(answer.header(Headers.CONTENT_TYPE))) {
      throw Messages.problem().decode(body).toException();
    }
    if (answer.status() == 401 || answer.status() == 403) {
      throw new GraftException.Unauthorized(
          address + " does not take the token in " + VARIABLE + " for this");
    }
    throw new GraftException.Unavailable(
        address + " answered with status " + answer.status() + ": try again");
  }
}
