package dev.graft.sim.workload;

import dev.graft.protocol.id.Hash;
import dev.graft.sim.Fault;
import dev.graft.sim.judge.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of one seed of one workload.
 *
 * @param trace names the history; equal for equal seeds
 * @param verdict what the judge says
 * @param failure what ended the play before its end; null when nothing did
 * @param hits of each fault
 * @param virtual the time that passed in the world
 * @param history the lines that were judged
 */
public record Played(
    String workload,
    long seed,
    Hash trace,
    Verdict verdict,
    @Nullable Throwable failure,
    Map<Fault, Long> hits,
    Duration virtual,
    List<String> history) {
  /** Whether it ended and the judge found nothing. */
  public boolean isClean() {
    return failure == null && verdict.isClean();
  }

  /** What is wrong, one sentence each. */
  public List<String> findings() {
    if (failure != null) {
      Throwable cause = failure.getCause();
      return List.of("ended early: " + failure + (cause == null ? "" : ", by " + cause));
    }
    return sentences(verdict);
  }

  /** What a judge found, one sentence each. */
  static List<String> sentences(Verdict verdict) {
    return verdict.violations().stream()
        .map(found -> found.kind() + " " + found.lines() + ": " + found.sentence())
        .toList();
  }
}
