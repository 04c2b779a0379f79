package dev.graft.localstack.web;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * Arbitrary bytes on a connection are refused as requests, or have one head and one body, whatever
 * follows them. A plain test run plays the kept inputs; {@code JAZZER_FUZZ=1} in the environment
 * and {@code -Djazzer.hooks=true} look for new ones.
 */
class RequestHeadFuzzTest {
  private static final WebOptions OPTIONS = WebOptions.of(1 << 16);

  /** What came, and how many bytes of it. */
  private record Read(RequestHead head, byte[] body) {}

  /** A connection on which those bytes come, and then the end. */
  private static final class Bytes extends Socket {
    private final InputStream in;

    Bytes(byte[] bytes) {
      in = new ByteArrayInputStream(bytes);
    }

    @Override
    public InputStream getInputStream() {
      return in;
    }

    @Override
    public void setSoTimeout(int millis) {
      // Nothing here waits.
    }
  }

  @FuzzTest(maxDuration = "60s")
  void request(byte[] bytes) throws IOException {
    Read read;
    try {
      read = read(bytes);
    } catch (RefusedException | EOFException | ArrivingBody.BrokenException expected) {
      return;
    }
    byte[] more = Arrays.copyOf(bytes, bytes.length + 40);
    Arrays.fill(more, bytes.length, more.length, (byte) 'x');
    Read again = read(more);
    require(again.head().equals(read.head()) && Arrays.equals(again.body(), read.body()));
    RequestHead head = read.head();
    require(head.path().chars().allMatch(c -> c > ' ' && c < 0x7F));
    require(head.length() < 0 || head.length() == read.body().length);
    StringBuilder same = new StringBuilder(head.method() + " " + head.path());
    same.append(head.query().isEmpty() ? "" : "?" + head.query());
    same.append(head.isOld() ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    head.headers().forEach((name, value) -> same.append(name + ":" + value + "\r\n"));
    byte[] written = (same + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    require(RequestHead.read(input(written)).equals(head));
  }

  private static Read read(byte[] bytes) throws IOException {
    TimedInput in = input(bytes);
    RequestHead head = RequestHead.read(in);
    Semaphore room = new Semaphore(1 << 20);
    ArrivingBody body = new ArrivingBody(head, in, room, OPTIONS, () -> {});
    try {
      return new Read(head, body.bytes());
    } finally {
      body.release();
      require(room.availablePermits() == 1 << 20);
    }
  }

  private static TimedInput input(byte[] bytes) throws IOException {
    TimedInput in = new TimedInput(new Bytes(bytes));
    in.within(Duration.ofMinutes(1));
    return in;
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("a request that can be read in two ways");
    }
  }
}
