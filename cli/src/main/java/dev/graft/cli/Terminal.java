package dev.graft.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * Where the command prints: answers to the one stream, all that is said beside them to the other.
 * For one thread at a time, but {@link Progress}, which may be driven by any.
 */
public final class Terminal {
  private static final String BOLD = "\u001b[1m";
  private static final String GREEN = "\u001b[32m";
  private static final String DIM = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean bars;
  private final boolean colour;
  private final LongSupplier nanoTime;

  /**
   * @param out for answers
   * @param err for progress and failures
   * @param bars whether {@code err} is a terminal, on which a line can be drawn over
   * @param colour whether {@code out} is a terminal and colours are wanted
   * @param nanoTime a monotonic clock, to draw not too often
   */
  public Terminal(
      PrintStream out, PrintStream err, boolean bars, boolean colour, LongSupplier nanoTime) {
    this.out = out;
    this.err = err;
    this.bars = bars;
    this.colour = colour;
    this.nanoTime = nanoTime;
  }

  /** Prints a line of the answer. */
  public void line(String text) {
    out.println(text);
  }

  /** Prints a line beside the answer. */
  public void note(String text) {
    err.println(text);
  }

  /** Text that stands out, where colours are wanted. */
  public String strong(String text) {
    return colour ? BOLD + text + RESET : text;
  }

  /** Text of something that went well, where colours are wanted. */
  public String good(String text) {
    return colour ? GREEN + text + RESET : text;
  }

  /** Text that steps back, where colours are wanted. */
  public String dim(String text) {
    return colour ? DIM + text + RESET : text;
  }

  /** Whether colours are wanted. */
  boolean coloured() {
    return colour;
  }

  /** The stream of answers, for those who write bytes. */
  PrintStream answers() {
    return out;
  }

  /** The stream for all else. */
  PrintStream notes() {
    return err;
  }

  /** Makes the progress of some long work visible until it is closed. */
  public Progress progress(String what, String unit) {
    return new Progress(err, bars, nanoTime, what, unit);
  }
}
