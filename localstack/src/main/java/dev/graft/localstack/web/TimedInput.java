package dev.graft.localstack.web;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What comes from the other side, by a deadline: also bytes that keep coming but too slowly are
 * given up. Real time, as sockets know no other. For one thread.
 */
final class TimedInput {
  private static final int BUFFER_BYTES = 8 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private long deadlineNanos;

  TimedInput(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /** From now on, what is read has to be there within this time. */
  void within(Duration time) {
    deadlineNanos = System.nanoTime() + time.toNanos();
  }

  /** Whether a byte is here already. */
  boolean isHere() throws IOException {
    return at < end || in.available() > 0;
  }

  /** Waits for a byte without taking it; false at the end. */
  boolean await() throws IOException {
    return at < end || fill();
  }

  /**
   * Takes a byte, 0..255.
   *
   * @throws EOFException at the end
   * @throws SocketTimeoutException at the deadline
   */
  int take() throws IOException {
    if (!await()) {
      throw new EOFException("the request breaks off");
    }
    return buffer[at++] & 0xFF;
  }

  /** Takes exactly so many bytes, as {@link #take()} does. */
  void take(byte[] into, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      done += some(into, offset + done, length - done);
    }
  }

  /** Forgets up to so many bytes; false when the end came before. */
  boolean skip(long bytes) throws IOException {
    long left = bytes;
    while (left > 0) {
      if (!await()) {
        return false;
      }
      int here = (int) Math.min(left, end - at);
      at += here;
      left -= here;
    }
    return true;
  }

  /** At least one byte; large parts do not go through the buffer. */
  private int some(byte[] into, int offset, int length) throws IOException {
    if (at == end && length >= BUFFER_BYTES) {
      prepare();
      int read = in.read(into, offset, length);
      if (read < 0) {
        throw new EOFException("the request breaks off");
      }
      return read;
    }
    if (!await()) {
      throw new EOFException("the request breaks off");
    }
    int here = Math.min(length, end - at);
    System.arraycopy(buffer, at, into, offset, here);
    at += here;
    return here;
  }

  private boolean fill() throws IOException {
    prepare();
    int read = in.read(buffer, 0, BUFFER_BYTES);
    at = 0;
    end = Math.max(0, read);
    return read > 0;
  }

  private void prepare() throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (millis <= 0) {
      throw new SocketTimeoutException("the time is over");
    }
    socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
  }
}
