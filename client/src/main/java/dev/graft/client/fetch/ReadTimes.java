package dev.graft.client.fetch;

import java.time.Duration;
import java.util.Arrays;

/** How long the latest range reads took. Safe for use by many threads. */
final class ReadTimes {
  /** Reads that are remembered. */
  private static final int KEPT = 256;

  /** With fewer there is no telling what is slow. */
  static final int FEWEST = 64;

  private final long[] nanos = new long[KEPT];
  private int next;

  /** All reads so far, remembered or not. */
  private long reads;

  synchronized void add(Duration time) {
    nanos[next] = time.toNanos();
    next = (next + 1) % KEPT;
    reads++;
  }

  /** The time that 95 of 100 reads stay below; negative while too few are known. */
  synchronized Duration p95() {
    if (reads < FEWEST) {
      return Duration.ofNanos(-1);
    }
    long[] known = Arrays.copyOf(nanos, (int) Math.min(reads, KEPT));
    Arrays.sort(known);
    return Duration.ofNanos(known[known.length * 95 / 100]);
  }
}
