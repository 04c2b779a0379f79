package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** How clients reach what serves them. */
public enum Way {
  /** Engines in process, behind a network that fails. */
  ENGINES,
  /** Functions that are deployed, over HTTP. */
  FUNCTIONS,
  /** The seed decides which of the two. */
  DRAWN;

  /** Of so many drawn worlds one has functions. */
  private static final int WORLDS_PER_DEPLOYED = 3;

  private static final long SALT = 0x5E7_1E55L;

  /** Whether the world of a seed has functions. */
  boolean isDeployed(long seed) {
    return switch (this) {
      case ENGINES -> false;
      case FUNCTIONS -> true;
      case DRAWN -> new SplittableRandom(seed ^ SALT).nextInt(WORLDS_PER_DEPLOYED) == 0;
    };
  }

  /** The faults of a plan that can happen on this way. */
  FaultPlan possible(FaultPlan plan) {
    FaultPlan possible = plan;
    List<Fault> never =
        switch (this) {
          case ENGINES -> List.copyOf(Fault.ofFunctions());
          case FUNCTIONS -> List.of(Fault.REMOTE_TWICE, Fault.REMOTE_REPEATED);
          case DRAWN -> List.of();
        };
    for (Fault fault : never) {
      possible = possible.without(fault);
    }
    return possible;
  }

  /** What it is called on the command line. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The way that is called so. */
  static Optional<Way> named(String word) {
    return Stream.of(values()).filter(way -> way.word().equals(word)).findFirst();
  }
}
