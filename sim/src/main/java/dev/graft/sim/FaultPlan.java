package dev.graft.sim;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * How often each fault happens to a request that it can happen to. A fault that is left out keeps
 * its place among those that are drawn together: where it would have happened nothing does, and the
 * others happen where they did. Immutable.
 */
public final class FaultPlan {
  /** A world that never fails. */
  public static final FaultPlan NONE = new FaultPlan(Map.of(), Set.of());

  private final Map<Fault, Double> probabilities;
  private final Set<Fault> leftOut;

  private FaultPlan(Map<Fault, Double> probabilities, Set<Fault> leftOut) {
    this.probabilities = probabilities;
    this.leftOut = leftOut;
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
    Set<Fault> left = EnumSet.noneOf(Fault.class);
    left.addAll(leftOut);
    left.remove(fault);
    return new FaultPlan(changed, left);
  }

  /** This plan without one fault. */
  public FaultPlan without(Fault fault) {
    Set<Fault> left = EnumSet.of(fault);
    left.addAll(leftOut);
    return new FaultPlan(probabilities, left);
  }

  /** The faults that can happen. */
  public Set<Fault> faults() {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    for (Fault fault : probabilities.keySet()) {
      if (probability(fault) > 0) {
        faults.add(fault);
      }
    }
    return faults;
  }

  /** How often a fault happens, 0..1. */
  public double probability(Fault fault) {
    return leftOut.contains(fault) ? 0 : probabilities.getOrDefault(fault, 0.0);
  }

  /** Which of these faults, if any, happens to one request; draws one number. */
  public Optional<Fault> draw(RandomGenerator random, Fault... faults) {
    double point = random.nextDouble();
    for (Fault fault : faults) {
      point -= probabilities.getOrDefault(fault, 0.0);
      if (point < 0) {
        return leftOut.contains(fault) ? Optional.empty() : Optional.of(fault);
      }
    }
    return Optional.empty();
  }
}
