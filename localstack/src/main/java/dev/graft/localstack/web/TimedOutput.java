package dev.graft.localstack.web;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * What goes to the other side; another thread may see that it takes nothing any more. A socket
 * knows no time-out for writes, so bytes are handed over in parts. Written to by one thread.
 */
final class TimedOutput extends OutputStream {
  private static final int PART_BYTES = 64 * 1024;

  private final OutputStream out;
  private final long patienceNanos;

  /** When the part on its way began; meaningless while nothing is on its way. */
  private volatile long sinceNanos;

  private volatile boolean isWriting;

  TimedOutput(OutputStream out, Duration patience) {
    this.out = out;
    this.patienceNanos = patience.toNanos();
  }

  /** Whether the other side has taken nothing for too long. */
  boolean isStuck() {
    return isWriting && System.nanoTime() - sinceNanos > patienceNanos;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int part = Math.min(PART_BYTES, length - done);
      sinceNanos = System.nanoTime();
      isWriting = true;
      try {
        out.write(bytes, offset + done, part);
      } finally {
        isWriting = false;
      }
      done += part;
    }
  }
}
