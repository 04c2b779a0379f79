package dev.graft.replica;

import dev.graft.protocol.error.GraftException;
import java.time.Duration;

/**
 * The most that one query may use.
 *
 * @param rows of an answer
 * @param answerBytes of an answer's rows as they are sent
 * @param time from the start of the query to its last row, waits for pages included
 */
record Limits(int rows, int answerBytes, Duration time) {
  /** A function URL answers at most 6 MB, in base 64. */
  static final int MAX_ANSWER_BYTES = 4 << 20;

  static final Limits DEFAULT = new Limits(10_000, MAX_ANSWER_BYTES, Duration.ofSeconds(10));

  Limits {
    if (rows < 1 || answerBytes < 1 || answerBytes > MAX_ANSWER_BYTES) {
      throw new GraftException.Misuse(
          "an answer has at least 1 row, and 1 to "
              + MAX_ANSWER_BYTES
              + " bytes, not "
              + rows
              + " rows and "
              + answerBytes
              + " bytes");
    }
    if (!time.isPositive()) {
      throw new GraftException.Misuse("a query needs time, not " + time);
    }
  }
}
