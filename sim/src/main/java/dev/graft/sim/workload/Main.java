package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.judge.Judge;
import dev.graft.sim.judge.Verdict;
import dev.graft.sim.world.Flaws;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The command {@code sim/run}: plays seeds, or judges a history, and says what came of it. */
public final class Main {
  private static final int FINDINGS_SHOWN = 5;
  private static final String JUDGE = "--judge";

  private final PrintStream out;
  private final RunOptions options;
  private final Flaws flaws;

  private final RunReport report = new RunReport();

  private Main(PrintStream out, RunOptions options, Flaws flaws) {
    this.out = out;
    this.options = options;
    this.flaws = flaws;
  }

  /** Ends with 0 when all is well, 1 when something was found, 2 when it was asked wrongly. */
  public static void main(String[] arguments) throws Exception {
    System.exit(run(System.in, System.out, System.err, Flaws.NONE, arguments));
  }

  /** The same with bugs planted, and without the end of the process. */
  static int run(InputStream in, PrintStream out, PrintStream err, Flaws flaws, String... arguments)
      throws Exception {
    List<String> asked = List.of(arguments);
    if (asked.contains("--help")) {
      out.println(RunOptions.USAGE);
      return 0;
    }
    if (asked.contains(JUDGE)) {
      return asked.size() == 2 && asked.getFirst().equals(JUDGE)
          ? judge(in, out, err, asked.getLast())
          : wrong(err, "'--judge FILE' takes one file, and nothing else beside it");
    }
    RunOptions options;
    try {
      options = RunOptions.of(arguments);
    } catch (IllegalArgumentException e) {
      return wrong(err, e.getMessage());
    }
    return new Main(out, options, flaws).run();
  }

  private static int wrong(PrintStream err, @Nullable String sentence) {
    err.println("sim/run: " + sentence);
    err.println(RunOptions.USAGE);
    return 2;
  }

  private static int judge(InputStream in, PrintStream out, PrintStream err, String file) {
    HistoryFile history;
    try {
      history = HistoryFile.read(file, in);
    } catch (IllegalArgumentException e) {
      err.println("sim/run: " + e.getMessage());
      return 2;
    }
    Verdict verdict = Judge.judge(history.lines());
    Played.sentences(verdict).forEach(out::println);
    out.printf(
        Locale.ROOT,
        "%d commits of %d transactions, %d pages checked, %d violations%n",
        verdict.commits(),
        verdict.transactions(),
        verdict.reads(),
        verdict.violations().size());
    return verdict.isClean() ? 0 : 1;
  }

  private record Turn(Player player, Future<Played> played) {}

  private int run() throws Exception {
    long start = System.nanoTime();
    Deque<Turn> turns = new ArrayDeque<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(options.jobs())) {
      for (long played = 0; played < options.seeds(); played++) {
        long seed = options.first() + played;
        for (Workload workload : options.workloads(seed)) {
          Player player = Player.changed(workload, options::plan, flaws, options.way());
          turns.add(new Turn(player, workers.submit(() -> player.play(seed))));
          if (turns.size() > 2 * options.jobs()) {
            take(turns.remove());
          }
        }
      }
      while (!turns.isEmpty()) {
        take(turns.remove());
      }
    }
    return end(Duration.ofNanos(System.nanoTime() - start));
  }

  /** In the order of the seeds, whichever ended first. */
  private void take(Turn turn) throws InterruptedException, ExecutionException, IOException {
    Played played = turn.played().get();
    report.add(played, turn.player().plan().faults());
    if (options.history().isPresent()) {
      Files.write(options.history().get(), played.history());
    }
    if (!played.isClean()) {
      tell(turn.player(), played);
    }
  }

  private void tell(Player player, Played played) {
    out.println(played.workload() + ", seed " + played.seed() + ":");
    played.findings().stream().limit(FINDINGS_SHOWN).forEach(found -> out.println("  " + found));
    if (played.failure() != null) {
      played.failure().printStackTrace(out);
    }
    Shrinking.Smallest smallest = Shrinking.smallest(player, played);
    FaultPlan faults = smallest.player().plan();
    Set<Fault> needed = smallest.needed();
    Set<Fault> others = EnumSet.noneOf(Fault.class);
    others.addAll(faults.faults());
    others.removeAll(needed);
    String play =
        "sim/run --seeds "
            + played.seed()
            + " --workload "
            + played.workload()
            + options.wayInWords();
    StringBuilder shrunk = new StringBuilder(play).append(" --without all");
    for (Fault fault : faults.faults()) {
      shrunk.append(" --often ").append(fault).append('=').append(faults.probability(fault));
    }
    out.println("  faults that it needs: " + needed);
    if (!others.isEmpty()) {
      out.println("  never hit, and without one of them it does not fail: " + others);
    }
    out.println("  replay: " + play + options.faultsInWords());
    out.println("  shrunk: " + shrunk);
  }

  private int end(Duration real) {
    report.print(out, options.seeds(), real);
    Set<Fault> missed = report.neverHit();
    boolean enough = options.plays() >= RunOptions.PLAYS_THAT_HIT_ALL;
    if (!missed.isEmpty()) {
      out.println("never hit: " + missed + (enough ? "" : " (too few seeds to fail for it)"));
    }
    if (options.json()) {
      out.println(report.json(options.seeds()));
    }
    return report.violations() > 0 || (enough && !missed.isEmpty()) ? 1 : 0;
  }
}
