package dev.graft.s3;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.net.httpserver.HttpServer;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.s3.fake.FakeS3;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Arbitrary bytes in the place of a listing's XML, for each page the same ones, are refused, or
 * give keys below the prefix, in order, and come to an end; in the place of an error's they are one
 * of ours. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment and
 * {@code -Djazzer.hooks=true} look for new ones.
 */
class ListingFuzzTest {
  private static final String PREFIX = "volumes/a/log/";
  private static final int MOST = 3;

  private static final AtomicInteger STATUS = new AtomicInteger();
  private static byte[] answer = new byte[0];
  private static HttpServer server;
  private static S3Settings settings;

  @BeforeAll
  static void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("content-type", "application/xml");
          exchange.sendResponseHeaders(STATUS.get(), answer.length == 0 ? -1 : answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    settings =
        S3Settings.parse("s3://bucket/mine")
            .withEndpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .withPathStyle(true);
  }

  @AfterAll
  static void close() {
    server.stop(0);
  }

  @FuzzTest(maxDuration = "60s")
  void listing(byte[] xml) {
    lists(settings, 200, xml);
  }

  @FuzzTest(maxDuration = "60s")
  void unordered(byte[] xml) {
    lists(settings.withoutOrder(), 200, xml);
  }

  @FuzzTest(maxDuration = "60s")
  void refusal(byte[] xml) {
    for (int status : new int[] {400, 403, 404, 503}) {
      lists(settings, status, xml);
    }
  }

  private static void lists(S3Settings where, int status, byte[] xml) {
    STATUS.set(status);
    answer = xml.clone();
    List<ObjectKey> keys;
    try (S3ObjectStore store =
        S3ObjectStore.open(where, FakeS3.credentials(), InstantSource.system())) {
      keys = store.list(PREFIX, "", MOST);
    } catch (GraftException expected) {
      return;
    }
    if (status != 200 || keys.stream().anyMatch(key -> !key.value().startsWith(PREFIX))) {
      throw new AssertionError("status " + status + " gives " + keys);
    }
  }
}
