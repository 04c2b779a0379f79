package dev.graft.sim.judge;

import java.util.List;

/**
 * What a judge says of a history.
 *
 * @param violations in the order of their first lines; none when all is well
 * @param commits in the logs
 * @param transactions that were handed over
 * @param reads pages that were read and checked
 */
public record Verdict(List<Violation> violations, long commits, long transactions, long reads) {
  public Verdict {
    violations = List.copyOf(violations);
  }

  /** Whether nothing was found. */
  public boolean isClean() {
    return violations.isEmpty();
  }
}
