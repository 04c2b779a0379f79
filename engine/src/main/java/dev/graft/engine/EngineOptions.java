package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import java.time.Duration;

/**
 * What one may set about an engine.
 *
 * @param upkeep when rollups and checkpoints are made
 * @param commitDeadline how long one commit request goes on trying when the store answers nothing
 *     certain
 * @param answerDeadline after this time an answer to changes-since goes no further
 * @param maxReads the most object reads of one changes-since
 * @param stateMaxAge how old the engine's copy of a volume's state may be before it is read again
 * @param retention what the first state record of a volume that this engine makes says: how long an
 *     LSN can be asked for after it ceased to be the head. Volumes that are there keep their own
 */
public record EngineOptions(
    Upkeep upkeep,
    Duration commitDeadline,
    Duration answerDeadline,
    int maxReads,
    Duration stateMaxAge,
    Duration retention) {
  /** No volume keeps history for less. */
  public static final Duration LEAST_RETENTION = Duration.ofHours(24);

  /** No engine gives new volumes more. */
  public static final Duration MOST_RETENTION = Duration.ofDays(3_650);

  public EngineOptions {
    if (retention.compareTo(LEAST_RETENTION) < 0 || retention.compareTo(MOST_RETENTION) > 0) {
      throw new GraftException.Misuse(
          "a retention of "
              + retention
              + " for new volumes cannot be: at least "
              + LEAST_RETENTION
              + ", at most "
              + MOST_RETENTION);
    }
  }

  /** When rollups and checkpoints are made. */
  public enum Upkeep {
    /** Never by this engine. */
    OFF,
    /** Before the call that caused them answers: for tests that count. */
    INLINE,
    /** Beside the calls. */
    BACKGROUND
  }

  /** What production uses. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(
          Upkeep.BACKGROUND,
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          256,
          Duration.ofSeconds(60),
          Duration.ofDays(7));

  /** The same with another time for rollups and checkpoints. */
  public EngineOptions withUpkeep(Upkeep other) {
    return new EngineOptions(
        other, commitDeadline, answerDeadline, maxReads, stateMaxAge, retention);
  }

  /** The same with another end of trying. */
  public EngineOptions withCommitDeadline(Duration other) {
    return new EngineOptions(upkeep, other, answerDeadline, maxReads, stateMaxAge, retention);
  }

  /** The same with other bounds of an answer. */
  public EngineOptions withAnswerBounds(Duration deadline, int reads) {
    return new EngineOptions(upkeep, commitDeadline, deadline, reads, stateMaxAge, retention);
  }

  /**
   * The same with another retention for new volumes.
   *
   * @throws GraftException.Misuse when it is shorter or longer than may be
   */
  public EngineOptions withRetention(Duration other) {
    return new EngineOptions(upkeep, commitDeadline, answerDeadline, maxReads, stateMaxAge, other);
  }
}
