package dev.graft.client.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends one HTTP request and waits for the answer: the one place of the client that blocks on the
 * network. Never repeats a request with a body by itself, never follows a redirect, asks for no
 * compression. Safe for use by many threads.
 */
public interface Transport extends AutoCloseable {
  /**
   * A request.
   *
   * @param method GET, HEAD, POST or PUT
   * @param uri where
   * @param headers names in lower case; the transport adds host and content length itself
   * @param body what to send, not changed meanwhile; null for none
   * @param timeout the longest that connecting, each wait for bytes, and the whole may take
   */
  record Request(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration timeout) {}

  /** An answer while it arrives. */
  interface Answer {
    /** The status. */
    int status();

    /** The value of a header, its name in lower case; null when the answer has none. */
    @Nullable String header(String name);

    /** The body. What is left of it when the receiver returns is read if it is little. */
    InputStream body();
  }

  /** Takes an answer. */
  interface Receiver<T> {
    /**
     * Reads what it wants.
     *
     * @throws IOException when the body breaks off
     */
    T receive(Answer answer) throws IOException;
  }

  /**
   * Sends the request once, and hands the answer on, whatever its status.
   *
   * @throws UnreachableException when nothing was sent
   * @throws IOException when it is not known how far it came
   */
  <T> T send(Request request, Receiver<T> receiver) throws IOException;

  @Override
  default void close() {}

  /** There is no connection: the request was not sent. */
  final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says why. */
    public UnreachableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
