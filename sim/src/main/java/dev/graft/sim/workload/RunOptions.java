package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code sim/run} was asked for.
 *
 * @param first the first seed
 * @param last the last seed, included
 * @param workloads to play for each seed
 * @param without faults that are left out
 * @param json whether the last line is for programs
 * @param jobs how many worlds are played at once
 * @param history where the history of the last world goes
 */
record RunOptions(
    long first,
    long last,
    List<Workload> workloads,
    Set<Fault> without,
    boolean json,
    int jobs,
    Optional<Path> history) {
  static final String USAGE =
      """
      usage: sim/run --seeds A..B [--workload NAME]... [--without FAULT]... [--jobs N]
                     [--history FILE] [--json]
        --seeds A..B      the seeds, both ends included; one number for one seed
        --workload NAME   all that are played always, when none is named
        --without FAULT   leaves a fault out; "all" for none at all
        --jobs N          worlds at one time; 1 when not given
        --history FILE    writes the last world's history as JSON lines
        --json            the last line of the output is one JSON object\
      """;

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException with a sentence when they are wrong
   */
  static RunOptions of(String... arguments) {
    long[] seeds = null;
    List<Workload> workloads = new ArrayList<>();
    Set<Fault> without = EnumSet.noneOf(Fault.class);
    boolean json = false;
    int jobs = 1;
    Optional<Path> history = Optional.empty();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--json")) {
        json = true;
        continue;
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException("'" + argument + "' is unknown or lacks its value");
      }
      String value = arguments[++i];
      switch (argument) {
        case "--seeds" -> seeds = seeds(value);
        case "--workload" ->
            workloads.add(
                Workloads.named(value)
                    .orElseThrow(() ->
                        new IllegalArgumentException(
                            "no workload is called '" + value + "'; there are " + names())));
        case "--without" -> without.addAll(faults(value));
        case "--jobs" -> jobs = Math.toIntExact(positive(value));
        case "--history" -> history = Optional.of(Path.of(value));
        default -> throw new IllegalArgumentException("'" + argument + "' is unknown");
      }
    }
    if (seeds == null) {
      throw new IllegalArgumentException("--seeds is missing");
    }
    return new RunOptions(
        seeds[0],
        seeds[1],
        workloads.isEmpty() ? Workloads.ALL : workloads,
        without,
        json,
        jobs,
        history);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    Workloads.ALL.forEach(workload -> names.add(workload.name()));
    Workloads.LONG.forEach(workload -> names.add(workload.name()));
    return names;
  }

  private static Set<Fault> faults(String name) {
    try {
      return name.equals("all") ? EnumSet.allOf(Fault.class) : EnumSet.of(Fault.valueOf(name));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "no fault is called '" + name + "'; there are " + List.of(Fault.values()), e);
    }
  }

  private static long[] seeds(String text) {
    int dots = text.indexOf("..");
    long first = positive(dots < 0 ? text : text.substring(0, dots));
    long last = dots < 0 ? first : positive(text.substring(dots + 2));
    if (last < first) {
      throw new IllegalArgumentException("'" + text + "' has no seeds");
    }
    return new long[] {first, last};
  }

  private static long positive(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + text + "' is no number from 1 on");
  }

  long seeds() {
    return last - first + 1;
  }
}
