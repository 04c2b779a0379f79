package dev.graft.sim;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** How often each fault happens to a request that it can happen to. Immutable. */
public final class FaultPlan {
  /** A world that never fails. */
  public static final FaultPlan NONE = new FaultPlan(Map.of());

  private final Map<Fault, Double> probabilities;

  private FaultPlan(Map<Fault, Double> probabilities) {
    this.probabilities = probabilities;
  }

  /** These faults with the same probability. */
  public static FaultPlan of(double probability, Collection<Fault> faults) {
    FaultPlan plan = NONE;
    for (Fault fault : faults) {
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

  /** This plan without one fault. */
  public FaultPlan without(Fault fault) {
    return with(fault, 0);
  }

  /** The faults that can happen. */
  public Set<Fault> faults() {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    probabilities.forEach((fault, probability) -> {
      if (probability > 0) {
        faults.add(fault);
      }
    });
    return faults;
  }

  /** How often a fault happens, 0..1. */
  public double probability(Fault fault) {
    return probabilities.getOrDefault(fault, 0.0);
  }

  /** Which of these faults, if any, happens to one request; draws one number. */
  public Optional<Fault> draw(RandomGenerator random, Fault... faults) {
    double point = random.nextDouble();
    for (Fault fault : faults) {
      point -= probability(fault);
      if (point < 0) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }
}
