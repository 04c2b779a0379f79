package dev.graft.sim.lambda;

import dev.graft.client.http.Transport;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.sim.SimConcurrency;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client's connections: each request is a task of the other side, which goes on when the client
 * has given it up, or is dead.
 */
final class SimTransport implements Transport {
  private final SimConcurrency sim;
  private final Concurrency process;
  private final Function<Request, Task<Reply>> side;

  /**
   * @param process who waits for answers
   * @param side the other one: begins to answer
   */
  SimTransport(SimConcurrency sim, Concurrency process, Function<Request, Task<Reply>> side) {
    this.sim = sim;
    this.process = process;
    this.side = side;
  }

  @Override
  public <T> T send(Request request, Receiver<T> receiver) throws IOException {
    AtomicBoolean waits = new AtomicBoolean(true);
    try {
      return receive(request, receiver, waits);
    } finally {
      waits.set(false);
    }
  }

  private <T> T receive(Request request, Receiver<T> receiver, AtomicBoolean waits)
      throws IOException {
    return switch (await(asked(request, waits), request)) {
      case Reply.Dropped() -> throw new SocketException("the connection was reset");
      case Reply.Answered answered -> receiver.receive(new Arriving(answered));
    };
  }

  /** The other side begins to answer; whether somebody still waits for that it can ask. */
  private Task<Reply> asked(Request request, AtomicBoolean waits) {
    try {
      return sim.on(sim.errand().awaitedWhile(waits::get), () -> side.apply(request));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("the beginning of a request failed", e);
    }
  }

  private Reply await(Task<Reply> reply, Request request) throws IOException {
    try {
      if (process.awaitUntil(reply, process.instant().plus(request.timeout()))) {
        return reply.result();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw new AssertionError("a request ended with a failure and not with an answer", e);
    }
    throw new SocketTimeoutException("no answer in " + request.timeout());
  }

  /** An answer, whole or broken off. */
  private record Arriving(Reply.Answered answered) implements Answer {
    @Override
    public int status() {
      return answered.answer().status();
    }

    @Override
    public @Nullable String header(String name) {
      return name.equals("content-length")
          ? Integer.toString(answered.answer().body().length)
          : answered.answer().headers().get(name);
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(answered.answer().body(), 0, answered.arriving());
    }
  }

  /** A header of a request; empty when it has none. */
  static String header(Request request, String name) {
    return request.headers().getOrDefault(name, "");
  }
}
