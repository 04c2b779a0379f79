package dev.graft.localstack.web;

import dev.graft.localstack.web.ArrivingBody.BrokenException;
import dev.graft.protocol.error.GraftException.Code;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One connection: requests one after the other, each read, handled and answered by one thread. */
final class Connection implements Runnable {
  /** Of a body that nobody read, this much is passed over; else the connection ends. */
  private static final int MAX_SKIPPED_BYTES = 64 * 1024;

  /** How long a client may go on sending what was refused, so that it finds the answer. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Socket socket;
  private final WebServer server;
  private final TimedInput in;
  private final TimedOutput out;
  private final AnswerWriter writer;
  private final AtomicReference<State> state = new AtomicReference<>(State.FRESH);

  private enum State {
    /** No byte came yet. */
    FRESH,
    /** Between two requests. */
    KEPT,
    /** A request is being read or answered. */
    BUSY,
    /** It is being closed. */
    OVER
  }

  Connection(Socket socket, WebServer server) throws IOException {
    this.socket = socket;
    this.server = server;
    this.in = new TimedInput(socket);
    this.out = new TimedOutput(socket.getOutputStream(), server.options().write());
    this.writer = new AnswerWriter(out, server.clock());
  }

  @Override
  public void run() {
    try (socket) {
      while (serveOne()) {
        state.set(State.KEPT);
      }
    } catch (IOException | BrokenException e) {
      // The other side is gone or silent, or was cut off on purpose: there is nobody to tell.
    }
  }

  /**
   * Ends it when it waits for a request; one that is read or answered stays.
   *
   * @param evenFresh also when no request came on it yet
   * @return whether it was ended
   */
  boolean endIfIdle(boolean evenFresh) {
    State seen = state.get();
    boolean isIdle = seen == State.KEPT || (seen == State.FRESH && evenFresh);
    try {
      if (isIdle
          && socket.getInputStream().available() == 0
          && state.compareAndSet(seen, State.OVER)) {
        socket.close();
        return true;
      }
    } catch (IOException e) {
      // It is closed already.
    }
    return false;
  }

  /** Cuts it off when the other side takes nothing any more. */
  void cutIfStuck() {
    if (out.isStuck()) {
      cut();
    }
  }

  /** Cuts it off whatever it does. */
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing more to be done.
    }
  }

  /** Whether another request may follow. */
  private boolean serveOne() throws IOException {
    in.within(server.options().idle());
    State before = state.get();
    if (!in.await() || before == State.OVER || !state.compareAndSet(before, State.BUSY)) {
      return false;
    }
    in.within(server.options().head());
    RequestHead head;
    try {
      head = RequestHead.read(in);
    } catch (RefusedException e) {
      return refuse(null, e);
    } catch (SocketTimeoutException e) {
      return refuse(
          null, RefusedException.of(408, Code.MISUSE, "the request took too long to come"));
    }
    ArrivingBody body = new ArrivingBody(head, in, server.room(), server.options(), writer::invite);
    try {
      return answer(head, body);
    } catch (RefusedException e) {
      return refuse(head, e);
    } finally {
      body.release();
    }
  }

  private boolean answer(RequestHead head, ArrivingBody body) throws IOException {
    WebAnswer answer = handle(head, body);
    // Whoever waits to be invited may send the body or not: nobody knows what comes next.
    boolean isClear = body.isRead() || !head.headers().containsKey("expect");
    boolean isLast =
        head.isLast() || server.isClosing() || !isClear || body.leftBytes() > MAX_SKIPPED_BYTES;
    switch (answer) {
      case WebAnswer.Dropped() -> {
        return false;
      }
      case WebAnswer.Cut(WebAnswer.Response response, long bytes) -> {
        writer.write(head, response, true, bytes);
        return false;
      }
      case WebAnswer.Response response -> writer.write(head, response, isLast, Long.MAX_VALUE);
    }
    if (!isLast) {
      in.within(LINGER);
      return in.skip(body.leftBytes());
    }
    if (!body.isRead()) {
      linger();
    }
    return false;
  }

  private WebAnswer handle(RequestHead head, ArrivingBody body) {
    try {
      return server
          .handler()
          .handle(new WebRequest(head.method(), head.path(), head.query(), head.headers(), body));
    } catch (RefusedException | BrokenException e) {
      throw e;
    } catch (RuntimeException e) {
      server.tell("a request was answered 500: " + e);
      return WebAnswer.problem(
          500,
          Code.UNAVAILABLE,
          "the request failed in a way that nobody foresaw: whoever runs this finds the reason in"
              + " its log");
    }
  }

  private boolean refuse(@Nullable RequestHead head, RefusedException refused) throws IOException {
    writer.write(head, refused.answer(), true, Long.MAX_VALUE);
    linger();
    return false;
  }

  /** Closed with unread bytes, the connection would be reset and the answer lost on its way. */
  private void linger() throws IOException {
    socket.shutdownOutput();
    in.within(LINGER);
    in.skip(Long.MAX_VALUE);
  }
}
