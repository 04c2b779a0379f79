package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@code sim/run} was asked for.
 *
 * @param first the first seed
 * @param last the last seed, included
 * @param workloads to play for each seed
 * @param inTurn whether each seed plays one of them only, the first seeds the first ones
 * @param way how clients reach what serves them
 * @param without faults that are left out
 * @param often faults that happen more or less often than usual
 * @param json whether the last line is for programs
 * @param jobs how many worlds are played at once
 * @param history where the history of the last world goes
 */
record RunOptions(
    long first,
    long last,
    List<Workload> workloads,
    boolean inTurn,
    Way way,
    Set<Fault> without,
    Map<Fault, Double> often,
    boolean json,
    int jobs,
    Optional<Path> history) {
  /** With fewer plays it is no wonder when a fault is never met. */
  static final long PLAYS_THAT_HIT_ALL = 20;

  /** More threads than this no machine has a use for. */
  private static final int MAX_JOBS = 1_024;

  /** More are never played, and sums of plays stay numbers. */
  private static final long MAX_SEEDS = 1_000_000_000_000L;

  static final String USAGE =
      """
      usage: sim/run --seeds A..B [--workload NAME]... [--without FAULT]... [--often FAULT=P]...
                     [--in-turn] [--way WAY] [--jobs N] [--history FILE] [--json]
             sim/run --judge FILE
        --seeds A..B      the seeds, both ends included; one number for one seed
        --workload NAME   all, when none is named; "checkpoints" then by every 50th seed only
        --in-turn         each seed plays one workload, the next seed the next one; every 50th
                          seed plays "checkpoints"
        --way WAY         engines: clients reach engines in process; functions: the handlers,
                          over HTTP; drawn, when not given: the seed decides
        --without FAULT   leaves a fault out; "all" for none at all
        --often FAULT=P   another probability than the usual one, 0 to 1
        --jobs N          worlds at one time; 1 when not given
        --history FILE    writes the last world's history as JSON lines
        --judge FILE      plays nothing: judges a history of JSON lines; "-" for the standard input
        --json            the last line of the output is one JSON object: seeds, commits,
                          violations, faults (name to hits), traceHash (over all seeds)
        --help            this
      ends with 0 when all is well; 1 when the judge found something, a play ended early, or,
      over %d plays and more, a fault was never hit; 2 when it was asked wrongly, or what is to be
      judged is no history\
      """
          .formatted(PLAYS_THAT_HIT_ALL);

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException with a sentence when they are wrong
   */
  static RunOptions of(String... arguments) {
    long[] seeds = null;
    List<Workload> workloads = new ArrayList<>();
    Set<Fault> without = EnumSet.noneOf(Fault.class);
    Map<Fault, Double> often = new EnumMap<>(Fault.class);
    boolean json = false;
    boolean inTurn = false;
    int jobs = 1;
    Way way = Way.DRAWN;
    Optional<String> history = Optional.empty();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--json")) {
        json = true;
        continue;
      }
      if (argument.equals("--in-turn")) {
        inTurn = true;
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
        case "--way" ->
            way =
                Way.named(value)
                    .orElseThrow(() ->
                        new IllegalArgumentException(
                            "no way is called '" + value + "': engines, functions or drawn"));
        case "--without" -> without.addAll(faults(value));
        case "--often" -> {
          double probability = probability(value);
          often.put(fault(before(value)), probability);
        }
        case "--jobs" -> jobs = jobs(value);
        case "--history" -> history = Optional.of(value);
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
        inTurn,
        way,
        without,
        often,
        json,
        jobs,
        history.map(RunOptions::history));
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    Workloads.ALL.forEach(workload -> names.add(workload.name()));
    Workloads.LONG.forEach(workload -> names.add(workload.name()));
    return names;
  }

  private static Set<Fault> faults(String name) {
    return name.equals("all") ? EnumSet.allOf(Fault.class) : EnumSet.of(fault(name));
  }

  private static String before(String value) {
    return value.substring(0, Math.max(0, value.indexOf('=')));
  }

  private static double probability(String value) {
    if (value.indexOf('=') < 1) {
      throw new IllegalArgumentException("'" + value + "' is not FAULT=P with P from 0 to 1");
    }
    try {
      double probability = Double.parseDouble(value.substring(value.indexOf('=') + 1));
      if (probability >= 0 && probability <= 1) {
        return probability;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + value + "' is not FAULT=P with P from 0 to 1");
  }

  private static Fault fault(String name) {
    try {
      return Fault.valueOf(name);
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
    if (last - first >= MAX_SEEDS) {
      throw new IllegalArgumentException("'" + text + "' has more than " + MAX_SEEDS + " seeds");
    }
    return new long[] {first, last};
  }

  private static int jobs(String text) {
    long jobs = positive(text);
    if (jobs > MAX_JOBS) {
      throw new IllegalArgumentException("--jobs is 1 to " + MAX_JOBS + ", not " + text);
    }
    return (int) jobs;
  }

  /** A file that can be written; what is there already is kept until a world was played. */
  private static Path history(String text) {
    if (text.equals(HistoryFile.STANDARD_INPUT)) {
      throw new IllegalArgumentException("--history writes a file, and '-' is the name of none");
    }
    try {
      Path path = Path.of(text);
      Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
      return path;
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          "--history cannot write '" + text + "': " + e.getMessage(), e);
    }
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

  /** The faults of a plan with those left out and those changed that the command line names. */
  FaultPlan plan(FaultPlan usual) {
    FaultPlan plan = usual;
    for (Fault fault : without) {
      plan = plan.without(fault);
    }
    for (Map.Entry<Fault, Double> changed : often.entrySet()) {
      plan = plan.with(changed.getKey(), changed.getValue());
    }
    return plan;
  }

  /** The argument that the way comes from. */
  String wayInWords() {
    return way == Way.DRAWN ? "" : " --way " + way.word();
  }

  /** The arguments that {@link #plan} comes from. */
  String faultsInWords() {
    StringBuilder words = new StringBuilder();
    if (without.size() == Fault.values().length) {
      words.append(" --without all");
    } else {
      without.forEach(fault -> words.append(" --without ").append(fault));
    }
    often.forEach((fault, p) -> words.append(" --often ").append(fault).append('=').append(p));
    return words.toString();
  }

  /** The workloads that a seed plays; a long one for few seeds when none was named. */
  List<Workload> workloads(long seed) {
    boolean isLong = workloads.equals(Workloads.ALL) && seed % Workloads.SEEDS_PER_LONG == 0;
    if (inTurn) {
      long turn = isLong ? seed / Workloads.SEEDS_PER_LONG : seed;
      List<Workload> from = isLong ? Workloads.LONG : workloads;
      return List.of(from.get((int) (turn % from.size())));
    }
    return isLong ? Stream.concat(workloads.stream(), Workloads.LONG.stream()).toList() : workloads;
  }

  /** How many worlds there will be; few long ones among them are not counted. */
  long plays() {
    return inTurn ? seeds() : seeds() * workloads.size();
  }

  long seeds() {
    return last - first + 1;
  }
}
