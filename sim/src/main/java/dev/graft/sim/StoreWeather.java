package dev.graft.sim;

import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What befalls any request to a store, whichever it is: storms, slowness, being overtaken, and
 * callers that stand still. Used by tasks of its simulation only.
 */
final class StoreWeather {
  private static final int SLOWED = 50;
  private static final int STORM_REFUSES_PERCENT = 80;
  private static final Duration LONGEST_STORM = Duration.ofSeconds(5);
  private static final Duration LONGEST_HOLD = Duration.ofMillis(500);
  private static final Duration SHORT_PAUSE = Duration.ofSeconds(60);
  private static final Duration LONG_PAUSE = Duration.ofDays(3);
  private static final int LONG_PAUSES_PERCENT = 20;

  private final SimConcurrency sim;
  private final SplittableRandom random;
  private final FaultPlan plan;
  private final FaultHits hits;
  private Instant stormEnds = Instant.MIN;
  private long begun;

  /** The number of the newest request that has ended. */
  private long newestEnded;

  StoreWeather(SimConcurrency sim, SplittableRandom random, FaultPlan plan, FaultHits hits) {
    this.sim = sim;
    this.random = random;
    this.plan = plan;
    this.hits = hits;
  }

  /** The caller may stand still before its request leaves. */
  void before() {
    if (plan.draw(random, Fault.PAUSED_BEFORE).isPresent()) {
      standStill(Fault.PAUSED_BEFORE);
    }
  }

  private void standStill(Fault fault) {
    Duration longest = random.nextInt(100) < LONG_PAUSES_PERCENT ? LONG_PAUSE : SHORT_PAUSE;
    hits.add(fault);
    sim.note(fault.name());
    sim.pause(Duration.ofMillis(random.nextLong(1, longest.toMillis())));
  }

  /** A request leaves; gives its number. */
  long begin() {
    return ++begun;
  }

  /** How long the request takes. */
  Duration slowed(Duration latency) {
    Optional<Fault> fault = plan.draw(random, Fault.STORE_SLOW);
    if (fault.isEmpty() || latency.isZero()) {
      return latency;
    }
    hits.add(Fault.STORE_SLOW);
    sim.note(Fault.STORE_SLOW.name());
    return latency.multipliedBy(SLOWED);
  }

  /**
   * The store may be in a storm, or one begins.
   *
   * @throws GraftException.Unavailable when this request is refused because of it
   */
  void storm() {
    if (plan.draw(random, Fault.STORM).isPresent()) {
      stormEnds = sim.instant().plusMillis(random.nextLong(1, LONGEST_STORM.toMillis()));
    }
    if (sim.instant().isBefore(stormEnds) && random.nextInt(100) < STORM_REFUSES_PERCENT) {
      hits.add(Fault.STORM);
      sim.note(Fault.STORM.name());
      throw new GraftException.Unavailable("the store refuses all for a while (503)");
    }
  }

  /** A request has its answer, which may be held back, or looked at late. */
  void end(long number) {
    Optional<Fault> fault = plan.draw(random, Fault.OVERTAKEN, Fault.PAUSED_AFTER);
    if (fault.isPresent() && fault.get() == Fault.OVERTAKEN) {
      boolean already = newestEnded > number;
      sim.pause(Duration.ofMillis(random.nextLong(1, LONGEST_HOLD.toMillis())));
      if (!already && newestEnded > number) {
        hits.add(Fault.OVERTAKEN);
        sim.note(Fault.OVERTAKEN.name());
      }
    }
    newestEnded = Math.max(newestEnded, number);
    if (fault.isPresent() && fault.get() == Fault.PAUSED_AFTER) {
      standStill(Fault.PAUSED_AFTER);
    }
  }
}
