package dev.graft.localstack.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A server of HTTP/1.1 on 127.0.0.1, never on another address. Every connection has a thread of its
 * own. What is not strictly HTTP/1.1 is answered by a problem document (docs/http.md, section 5); a
 * body is read only when the handler asks for it, into room that is bounded for all together.
 */
public final class WebServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;
  private static final int SWEEP_MILLIS = 500;
  private static final int POLL_MILLIS = 5;

  /** Who connected just before the end has this long to send a request. */
  private static final int FRESH_MILLIS = 250;

  /** How long handlers are waited for whose connections were cut off. */
  private static final int LAST_SECONDS = 1;

  private final ServerSocket socket;
  private final WebOptions options;
  private final InstantSource clock;
  private final Consumer<String> failures;
  private final WebHandler handler;
  private final Semaphore room;
  private final Semaphore places;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private final CountDownLatch accepted = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  private WebServer(
      ServerSocket socket,
      WebOptions options,
      InstantSource clock,
      Consumer<String> failures,
      WebHandler handler) {
    this.socket = socket;
    this.options = options;
    this.clock = clock;
    this.failures = failures;
    this.handler = handler;
    this.room = new Semaphore(options.roomBytes(), true);
    this.places = new Semaphore(options.maxConnections());
  }

  /**
   * Starts one with the usual limits, that tells of failures on standard error.
   *
   * @param port 0 for any free one
   * @param maxBodyBytes a request with more is answered 413
   * @throws IOException when the port is taken
   */
  public static WebServer start(int port, int maxBodyBytes, WebHandler handler) throws IOException {
    return start(
        port,
        WebOptions.of(maxBodyBytes),
        InstantSource.system(),
        failure -> System.err.println("graft: " + failure),
        handler);
  }

  /**
   * Starts one.
   *
   * @param port 0 for any free one
   * @param clock of what answers say; limits of time are real time
   * @param failures takes a sentence for each request that failed in a way that nobody foresaw
   * @throws IOException when the port is taken
   */
  public static WebServer start(
      int port,
      WebOptions options,
      InstantSource clock,
      Consumer<String> failures,
      WebHandler handler)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port), BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    WebServer server = new WebServer(socket, options, clock, failures, handler);
    server.threads.execute(server::accept);
    server.threads.execute(server::sweep);
    return server;
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  /** Where it listens, without a slash at the end. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  WebOptions options() {
    return options;
  }

  InstantSource clock() {
    return clock;
  }

  WebHandler handler() {
    return handler;
  }

  /** Permits for bytes of bodies. */
  Semaphore room() {
    return room;
  }

  boolean isClosing() {
    return isClosing.get();
  }

  void tell(String failure) {
    failures.accept(failure);
  }

  /**
   * Ends it: whoever has connected may still ask once, requests on their way are answered, and what
   * is not done after {@link WebOptions#end} is cut off.
   */
  @Override
  public void close() {
    if (!isClosing.compareAndSet(false, true)) {
      return;
    }
    long deadline = System.nanoTime() + options.end().toNanos();
    try {
      stopAccepting();
      long fresh = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS);
      while (!connections.isEmpty() && System.nanoTime() < deadline) {
        boolean evenFresh = System.nanoTime() >= fresh;
        connections.forEach(connection -> connection.endIfIdle(evenFresh));
        Thread.sleep(POLL_MILLIS);
      }
      end();
      if (!threads.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      end();
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    ended.countDown();
    connections.forEach(Connection::cut);
    threads.shutdown();
  }

  /** A connection of our own stands behind all that wait to be accepted, and wakes who does so. */
  private void stopAccepting() throws InterruptedException {
    try (Socket last = new Socket()) {
      last.connect(socket.getLocalSocketAddress(), SWEEP_MILLIS);
      if (accepted.await(SWEEP_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (IOException e) {
      // The way is full: those who wait there are turned away.
    }
    closeSocket();
    accepted.await();
  }

  private void accept() {
    try (socket) {
      while (!isClosing.get()) {
        takePlace();
        acceptOne();
      }
      // Those who wait already are the last: there is a place for them in any case.
      socket.setSoTimeout(1);
      while (true) {
        begin(socket.accept());
      }
    } catch (SocketTimeoutException e) {
      // All that waited were accepted.
    } catch (IOException | InterruptedException e) {
      if (!isClosing.get()) {
        failures.accept("no connection is accepted any more: " + e);
      }
    } finally {
      accepted.countDown();
    }
  }

  /** Goes on after a failure, for example for want of file descriptors. */
  private void acceptOne() throws InterruptedException {
    try {
      begin(socket.accept());
    } catch (IOException e) {
      places.release();
      if (!isClosing.get()) {
        failures.accept("a connection could not be accepted: " + e);
        Thread.sleep(SWEEP_MILLIS);
      }
    }
  }

  /** Connections that idle make room for new ones. */
  private void takePlace() throws InterruptedException {
    while (!places.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS) && !isClosing.get()) {
      for (Connection connection : connections) {
        if (connection.endIfIdle(false)) {
          break;
        }
      }
    }
  }

  private void begin(Socket accepted) {
    try {
      accepted.setTcpNoDelay(true);
      Connection connection = new Connection(accepted, this);
      connections.add(connection);
      threads.execute(() -> {
        try {
          connection.run();
        } finally {
          connections.remove(connection);
          places.release();
        }
      });
    } catch (IOException e) {
      places.release(); // it is gone already
    }
  }

  /** Nothing else ends a connection whose other side takes no byte of an answer. */
  private void sweep() {
    try {
      while (!ended.await(SWEEP_MILLIS, TimeUnit.MILLISECONDS)) {
        connections.forEach(Connection::cutIfStuck);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nobody is accepted all the same.
    }
  }
}
