package dev.graft.client.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on 127.0.0.1 that keeps a client waiting without ever being silent, for ten seconds at
 * most: then it hangs up, so that a client that waits for ever is seen and not waited for.
 */
final class SlowServer implements AutoCloseable {
  private static final int PAUSE_MILLIS = 50;
  private static final int MAX_PAUSES = 200;

  private final ServerSocket server;
  private final boolean reads;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger dripped = new AtomicInteger();

  private SlowServer(boolean reads) throws IOException {
    this.reads = reads;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Reads requests, and answers with a head of which a byte comes now and then. */
  static SlowServer drippingHead() throws IOException {
    return new SlowServer(true);
  }

  /** Takes connections, and nothing from them. */
  static SlowServer readingNothing() throws IOException {
    return new SlowServer(false);
  }

  RemoteAddress address() {
    return RemoteAddress.parse("http://127.0.0.1:" + server.getLocalPort(), false);
  }

  /** How many bytes of heads it has sent. */
  int dripped() {
    return dripped.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream()) {
      if (reads && in.read(new byte[65_536]) < 0) {
        return;
      }
      if (reads) {
        out.write("HTTP/1.1 200 OK\r\nx-slow: ".getBytes(StandardCharsets.US_ASCII));
      }
      for (int i = 0; i < MAX_PAUSES; i++) {
        if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
        if (reads) {
          out.write('x');
          dripped.incrementAndGet();
        }
      }
    } catch (IOException e) {
      return; // The client has hung up.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
    threads.shutdownNow();
  }
}
