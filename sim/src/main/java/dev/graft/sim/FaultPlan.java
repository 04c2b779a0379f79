package dev.graft.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** How often each fault happens to a request that it can happen to. Immutable. */
public final class FaultPlan {
  /** A store that never fails. */
  public static final FaultPlan NONE = new FaultPlan(Map.of());

  private final Map<Fault, Double> probabilities;

  private FaultPlan(Map<Fault, Double> probabilities) {
    this.probabilities = probabilities;
  }

  /** Every fault with the same probability. */
  public static FaultPlan all(double probability) {
    FaultPlan plan = NONE;
    for (Fault fault : Fault.values()) {
      plan = plan.with(fault, probability);
    }
    return plan;
  }

  /**
   * This plan with another probability for one fault.
   *
   * @param probability 0..1, of each request
   */
  public FaultPlan with(Fault fault, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(probability + " is no probability");
    }
    Map<Fault, Double> changed = new EnumMap<>(Fault.class);
    changed.putAll(probabilities);
    changed.put(fault, probability);
    return new FaultPlan(changed);
  }

  /** Which of these faults, if any, happens to one request; draws one number. */
  Optional<Fault> draw(RandomGenerator random, Fault... faults) {
    double point = random.nextDouble();
    for (Fault fault : faults) {
      point -= probabilities.getOrDefault(fault, 0.0);
      if (point < 0) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }
}
