package dev.graft.replica;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Random numbers that begin anew: two processes that came from one memory image would go on with
 * the same ones otherwise. Safe for use by many threads when its sources are.
 */
final class RenewedRandom implements RandomGenerator {
  private final Supplier<? extends RandomGenerator> sources;
  private volatile RandomGenerator current;

  /**
   * @param sources gives a source that is seeded from outside, each time another one
   */
  RenewedRandom(Supplier<? extends RandomGenerator> sources) {
    this.sources = sources;
    this.current = sources.get();
  }

  /** Forgets what was, and seeds anew. */
  void renew() {
    current = sources.get();
  }

  @Override
  public long nextLong() {
    return current.nextLong();
  }
}
