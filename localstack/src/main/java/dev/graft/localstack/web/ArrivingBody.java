package dev.graft.localstack.web;

import dev.graft.protocol.error.GraftException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A body that is read from its connection when the handler asks for it, and for which room is taken
 * before the first byte is. For the connection's thread.
 */
final class ArrivingBody implements Incoming {
  private static final Pattern SIZE = Pattern.compile("[0-9A-Fa-f]{1,8}");

  /** The same of the lines around chunks. */
  private static final int MAX_TRAILERS = 100;

  private final RequestHead head;
  private final TimedInput in;
  private final Semaphore room;
  private final WebOptions options;
  private final Invitation invitation;
  private byte @Nullable [] bytes;
  private int taken;
  private boolean isBegun;
  private boolean isOver;

  /** Tells the client that its body is wanted. */
  interface Invitation {
    /** Sends {@code 100 Continue}. */
    void send() throws IOException;
  }

  /** The connection broke; there is nobody to answer. */
  static final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenException(IOException cause) {
      super(cause);
    }
  }

  /**
   * @param room permits for bytes
   */
  ArrivingBody(
      RequestHead head, TimedInput in, Semaphore room, WebOptions options, Invitation invitation) {
    this.head = head;
    this.in = in;
    this.room = room;
    this.options = options;
    this.invitation = invitation;
    if (head.length() == 0) {
      bytes = new byte[0];
    }
  }

  @Override
  public long length() {
    return head.length();
  }

  /** Whether all of it was taken from the connection. */
  boolean isRead() {
    return bytes != null;
  }

  /** Bytes that are still to come, when that is known; after a failure it is not. */
  long leftBytes() {
    return isRead() ? 0 : isBegun || head.length() == UNKNOWN ? Long.MAX_VALUE : head.length();
  }

  @Override
  public byte[] bytes() {
    byte[] known = bytes;
    if (known != null) {
      return known;
    }
    if (isBegun || isOver) {
      throw new IllegalStateException("the body was refused, or its request is answered");
    }
    int most = options.maxBodyBytes();
    if (head.length() > most) {
      throw RefusedException.tooLarge(most);
    }
    takeRoom(head.length() == UNKNOWN ? most : (int) head.length());
    isBegun = true;
    try {
      expectation();
      in.within(options.body());
      byte[] read = head.length() == UNKNOWN ? chunks(most) : fixed((int) head.length());
      bytes = read;
      return read;
    } catch (SocketTimeoutException e) {
      throw RefusedException.of(408, Code.MISUSE, "the body took too long to come");
    } catch (IOException e) {
      throw new BrokenException(e);
    }
  }

  /** Gives the room back: the request is answered, and what was not read yet never is. */
  void release() {
    isOver = true;
    room.release(taken);
    taken = 0;
  }

  private void takeRoom(int wanted) {
    try {
      if (!room.tryAcquire(wanted, options.roomWait().toMillis(), TimeUnit.MILLISECONDS)) {
        throw noRoom();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noRoom();
    }
    taken = wanted;
  }

  private static RefusedException noRoom() {
    return RefusedException.of(
        503, Code.UNAVAILABLE, "too many requests with large bodies are on their way: try again");
  }

  private void expectation() throws IOException {
    String expected = head.headers().getOrDefault("expect", "").toLowerCase(Locale.ROOT);
    if (expected.equals("100-continue")) {
      invitation.send();
    } else if (!expected.isEmpty()) {
      throw RefusedException.of(417, Code.MISUSE, "nothing but 100-continue can be expected");
    }
  }

  private byte[] fixed(int length) throws IOException {
    byte[] all = new byte[length];
    in.take(all, 0, length);
    return all;
  }

  private byte[] chunks(int most) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    RequestHead.Lines lines = new RequestHead.Lines(in);
    for (int size = size(lines); size > 0; size = size(lines)) {
      if (size > most - all.size()) {
        throw RefusedException.tooLarge(most);
      }
      all.write(fixed(size));
      if (in.take() != '\r' || in.take() != '\n') {
        throw RefusedException.malformed("a chunk is longer than it says");
      }
      lines = new RequestHead.Lines(in);
    }
    int trailers = 0;
    while (!lines.next(431, "a trailer").isEmpty()) {
      if (++trailers > MAX_TRAILERS) {
        throw RefusedException.malformed("more than " + MAX_TRAILERS + " trailers");
      }
    }
    return all.toByteArray();
  }

  /** The size of the next chunk; what stands behind a semicolon means nothing here. */
  private static int size(RequestHead.Lines lines) throws IOException {
    String line = lines.next(400, "the line before a chunk");
    int end = line.indexOf(';');
    String digits = end < 0 ? line : line.substring(0, end);
    if (!SIZE.matcher(digits).matches()) {
      throw RefusedException.malformed("the size of a chunk has to be at most 8 hex digits");
    }
    long size = Long.parseLong(digits, 16);
    return (int) Math.min(size, Integer.MAX_VALUE);
  }
}
