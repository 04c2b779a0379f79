package dev.graft.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The progress of one long work: a bar on a terminal, now and then a plain line elsewhere. Safe for
 * use by many threads.
 */
public final class Progress implements AutoCloseable {
  private static final long BAR_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int WIDTH = 30;

  private final PrintStream err;
  private final boolean bars;
  private final LongSupplier nanoTime;
  private final String what;
  private final String unit;
  private long shownAt;
  private boolean drawn;

  Progress(PrintStream err, boolean bars, LongSupplier nanoTime, String what, String unit) {
    this.err = err;
    this.bars = bars;
    this.nanoTime = nanoTime;
    this.what = what;
    this.unit = unit;
    this.shownAt = nanoTime.getAsLong();
  }

  /**
   * Tells how far the work is.
   *
   * @param done so far, in units
   * @param total of how many; 0 when that is not known
   */
  public synchronized void at(long done, long total) {
    long now = nanoTime.getAsLong();
    if (now - shownAt < (bars ? BAR_NANOS : LINE_NANOS)) {
      return;
    }
    shownAt = now;
    String figures =
        total > 0
            ? String.format(
                Locale.ROOT,
                "%,d of %,d %s (%d %%)",
                done,
                total,
                unit,
                100 * Math.min(done, total) / total)
            : String.format(Locale.ROOT, "%,d %s", done, unit);
    if (bars) {
      err.print("\r\u001b[K" + what + " " + bar(done, total) + figures);
      err.flush();
      drawn = true;
    } else {
      err.println(what + ": " + figures);
    }
  }

  private static String bar(long done, long total) {
    if (total <= 0) {
      return "";
    }
    int full = (int) (WIDTH * Math.min(done, total) / total);
    return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] ";
  }

  @Override
  public void close() {
    wipe();
  }

  /** Wipes the bar away, so that something else can be printed. */
  public synchronized void wipe() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }
}
