package dev.graft.sim.lambda;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.Surplus;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** What goes wrong, drawn by a seed and counted. For the tasks of one simulation. */
final class Luck {
  private final SimConcurrency sim;
  private final SplittableRandom random;
  private final FaultPlan plan;
  private final FaultHits hits;

  Luck(SimConcurrency sim, SplittableRandom random, FaultPlan plan, FaultHits hits) {
    this.sim = sim;
    this.random = random;
    this.plan = plan;
    this.hits = hits;
  }

  Luck split() {
    return new Luck(sim, random.split(), plan, hits);
  }

  /** Which of these faults, if any, happens now. */
  Optional<Fault> draw(Fault... faults) {
    return plan.draw(random, faults);
  }

  /** It happened. */
  void hit(Fault fault, String place) {
    hits.add(fault);
    sim.note(fault + " " + place);
  }

  /** It happened to the answer of who may not wait for it any more: then nothing is changed. */
  void hitAnswer(Fault fault, String place) {
    if (sim.isAwaited()) {
      hit(fault, place);
    }
  }

  /** A delivery that was made already. */
  Surplus surplus(Fault fault, String place) {
    return new Surplus(sim, hits, fault, place);
  }

  /** A time between nothing and so long. */
  Duration upTo(Duration longest) {
    return Duration.ofMillis(random.nextLong(1, longest.toMillis()));
  }

  /** Lets a time between nothing and so long pass. */
  void pause(Duration longest) {
    sim.pause(upTo(longest));
  }

  boolean coin() {
    return random.nextBoolean();
  }

  /** From 0 to below. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  long number() {
    return random.nextLong();
  }
}
