package dev.graft.engine;

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
 */
public record EngineOptions(
    Upkeep upkeep,
    Duration commitDeadline,
    Duration answerDeadline,
    int maxReads,
    Duration stateMaxAge) {

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
          Duration.ofSeconds(60));

  /** The same with another time for rollups and checkpoints. */
  public EngineOptions withUpkeep(Upkeep other) {
    return new EngineOptions(other, commitDeadline, answerDeadline, maxReads, stateMaxAge);
  }

  /** The same with another end of trying. */
  public EngineOptions withCommitDeadline(Duration other) {
    return new EngineOptions(upkeep, other, answerDeadline, maxReads, stateMaxAge);
  }

  /** The same with other bounds of an answer. */
  public EngineOptions withAnswerBounds(Duration deadline, int reads) {
    return new EngineOptions(upkeep, commitDeadline, deadline, reads, stateMaxAge);
  }
}
