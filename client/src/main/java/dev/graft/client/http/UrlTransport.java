package dev.graft.client.http;

import dev.graft.concurrency.Concurrency;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's {@link HttpURLConnection}: connections are kept and used again, and its first request
 * in a fresh JVM takes a fraction of the time that {@code java.net.http} needs for its own. Bodies
 * are sent with a fixed length, which keeps it from sending them a second time when a kept
 * connection turns out to be closed.
 *
 * <p>The JDK keeps at most {@code http.maxConnections} idle connections to one host, 5 unless that
 * system property says otherwise: a program that reads much in parallel sets it before its first
 * request.
 */
public final class UrlTransport implements Transport {
  /** What is left of a body is read to its end only when it is no longer. */
  private static final int DRAIN_BYTES = 64 * 1024;

  /** No longer for a connection to come about. */
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final Watch watch;

  /**
   * Starts nothing yet.
   *
   * @param concurrency by whose clock a request as a whole is given up; one task of it watches over
   *     all requests under way until the head of their answers has come
   */
  public UrlTransport(Concurrency concurrency) {
    this.clock = concurrency;
    this.watch = new Watch(concurrency);
  }

  @Override
  public <T> T send(Request request, Receiver<T> receiver) throws IOException {
    Instant deadline = clock.instant().plus(request.timeout());
    HttpURLConnection connection = (HttpURLConnection) request.uri().toURL().openConnection();
    prepare(connection, request);
    byte[] body = request.body();
    ask(connection, body, deadline);
    try (InputStream in = new Timed(body(connection), deadline)) {
      T received = receiver.receive(new Received(connection, status(connection), body != null, in));
      drain(in);
      return received;
    } catch (IOException | RuntimeException e) {
      connection.disconnect();
      throw e;
    }
  }

  /** Sends it, and waits for the head of the answer; all of it ends at the deadline. */
  private void ask(HttpURLConnection connection, byte @Nullable [] body, Instant deadline)
      throws IOException {
    Watch.Watched watched = watch.begin(deadline, connection::disconnect);
    boolean sent = false;
    try {
      connect(connection);
      sent = true;
      if (body != null) {
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      status(connection);
    } catch (IOException | RuntimeException e) {
      boolean inTime = watched.end();
      connection.disconnect();
      if (!inTime) {
        throw tooLate(sent, e);
      }
      throw e;
    }
    if (!watched.end()) {
      throw tooLate(true, null);
    }
  }

  /** A connection that is cut off fails in any way. */
  private static IOException tooLate(boolean sent, @Nullable Exception e) {
    IOException late = new SocketTimeoutException("the answer took too long");
    if (e != null) {
      late.addSuppressed(e);
    }
    return sent ? late : new UnreachableException("connecting took too long", late);
  }

  private static void prepare(HttpURLConnection connection, Request request) throws IOException {
    int millis = Math.clamp(request.timeout().toMillis(), 1, Integer.MAX_VALUE);
    connection.setConnectTimeout((int) Math.min(millis, CONNECT.toMillis()));
    connection.setReadTimeout(millis);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setAllowUserInteraction(false);
    connection.setRequestMethod(request.method());
    request
        .headers()
        .forEach((name, value) -> {
          if (!name.equals("host") && !name.equals("content-length")) {
            connection.setRequestProperty(name, value);
          }
        });
    byte[] body = request.body();
    if (body != null) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.length);
    }
  }

  private static void connect(HttpURLConnection connection) throws IOException {
    try {
      connection.connect();
    } catch (UnknownHostException e) {
      throw new UnreachableException("there is no such host", e);
    } catch (IOException e) {
      throw new UnreachableException(said(e), e);
    }
  }

  private static String said(IOException e) {
    String message = e.getMessage();
    return message == null
        ? "no connection"
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static int status(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status < 0) {
      throw new IOException("the answer is not HTTP");
    }
    return status;
  }

  private static InputStream body(HttpURLConnection connection) throws IOException {
    int status = status(connection);
    InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
    return body == null ? InputStream.nullInputStream() : body;
  }

  /** A connection can be used again only when its last answer was read to the end. */
  private static void drain(InputStream in) throws IOException {
    byte[] buffer = new byte[8192];
    int left = DRAIN_BYTES;
    while (left > 0) {
      int read = in.read(buffer, 0, Math.min(buffer.length, left));
      if (read < 0) {
        return;
      }
      left -= read;
    }
  }

  private record Received(
      HttpURLConnection connection, int status, boolean hadBody, InputStream body)
      implements Answer {
    /**
     * The JDK drops the body of a 401 to a request with a body of its own, which it could not
     * repeat with a password: then there is nothing to describe.
     */
    @Override
    public @Nullable String header(String name) {
      boolean dropped = status == HttpURLConnection.HTTP_UNAUTHORIZED && hadBody;
      return dropped && name.startsWith("content-") ? null : connection.getHeaderField(name);
    }
  }

  /** Gives up also when bytes keep coming, but too slowly. */
  private final class Timed extends FilterInputStream {
    private final Instant deadline;

    Timed(InputStream in, Instant deadline) {
      super(in);
      this.deadline = deadline;
    }

    private void check() throws SocketTimeoutException {
      if (clock.instant().isAfter(deadline)) {
        throw new SocketTimeoutException("the answer took too long");
      }
    }

    @Override
    public int read() throws IOException {
      check();
      return super.read();
    }

    @Override
    public long skip(long bytes) throws IOException {
      check();
      return super.skip(bytes);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      check();
      return super.read(target, offset, length);
    }
  }
}
