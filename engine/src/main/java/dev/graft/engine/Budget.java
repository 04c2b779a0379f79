package dev.graft.engine;

import java.time.Instant;

/**
 * What one answer may still cost: object reads and time. For the one thread that plans the answer.
 */
final class Budget {
  private final Rounds rounds;
  private final Instant deadline;
  private final int maxReads;
  private int used;

  Budget(Rounds rounds, Instant deadline, int maxReads) {
    this.rounds = rounds;
    this.deadline = deadline;
    this.maxReads = maxReads;
  }

  /** How many reads are left; never below 0. */
  int reads() {
    return Math.max(0, maxReads - used);
  }

  /** How many reads were planned so far. */
  int used() {
    return used;
  }

  /** Takes reads, more than there are if need be. */
  void take(int count) {
    used += count;
  }

  /** Whether the time is over. */
  boolean late() {
    return !rounds.now().isBefore(deadline);
  }
}
