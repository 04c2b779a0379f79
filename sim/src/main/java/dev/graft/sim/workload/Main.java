package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The command {@code sim/run}: plays seeds and says what came of them. */
public final class Main {
  /** With fewer plays it is no wonder when a fault is never met. */
  private static final long PLAYS_THAT_HIT_ALL = 20;

  private static final int FINDINGS_SHOWN = 5;

  private final PrintStream out;
  private final RunOptions options;
  private final RunReport report = new RunReport();

  private Main(PrintStream out, RunOptions options) {
    this.out = out;
    this.options = options;
  }

  /** Ends with 0 when all is well, 1 when something was found, 2 when it was asked wrongly. */
  public static void main(String[] arguments) throws Exception {
    System.exit(run(System.out, System.err, arguments));
  }

  /** The same, without the end of the process. */
  static int run(PrintStream out, PrintStream err, String... arguments) throws Exception {
    RunOptions options;
    try {
      options = RunOptions.of(arguments);
    } catch (IllegalArgumentException e) {
      err.println("sim/run: " + e.getMessage());
      err.println(RunOptions.USAGE);
      return 2;
    }
    return new Main(out, options).run();
  }

  private record Turn(Player player, Future<Played> played) {}

  private int run() throws Exception {
    long start = System.nanoTime();
    FaultPlan usual = Player.USUAL;
    for (Fault fault : options.without()) {
      usual = usual.without(fault);
    }
    for (Map.Entry<Fault, Double> often : options.often().entrySet()) {
      usual = usual.with(often.getKey(), often.getValue());
    }
    Deque<Turn> turns = new ArrayDeque<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(options.jobs())) {
      for (long seed = options.first(); seed <= options.last(); seed++) {
        for (Workload workload : options.workloads(seed)) {
          Player player = new Player(workload, usual, Flaws.NONE, options.way());
          long mine = seed;
          turns.add(new Turn(player, workers.submit(() -> player.play(mine))));
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
    Set<Fault> needed = Shrinking.neededFaults(player, played);
    StringBuilder command = new StringBuilder("sim/run --seeds ").append(played.seed());
    command.append(" --workload ").append(played.workload());
    for (Fault fault : Player.USUAL.faults()) {
      if (!needed.contains(fault)) {
        command.append(" --without ").append(fault);
      }
    }
    StringBuilder often = new StringBuilder();
    if (options.way() != Way.DRAWN) {
      often.append(" --way ").append(options.way().word());
    }
    options.without().forEach(fault -> often.append(" --without " + fault));
    options
        .often()
        .forEach((fault, probability) -> often.append(" --often " + fault + "=" + probability));
    command.append(often);
    out.println("  faults that it needs: " + needed);
    out.println(
        "  replay: sim/run --seeds " + played.seed() + " --workload " + played.workload() + often);
    out.println("  shrunk: " + command);
  }

  private int end(Duration real) {
    report.print(out, options.seeds(), real);
    Set<Fault> missed = report.neverHit();
    boolean enough = options.plays() >= PLAYS_THAT_HIT_ALL;
    if (!missed.isEmpty()) {
      out.println("never hit: " + missed + (enough ? "" : " (too few seeds to fail for it)"));
    }
    if (options.json()) {
      out.println(report.json(options.seeds(), real));
    }
    return report.violations() > 0 || (enough && !missed.isEmpty()) ? 1 : 0;
  }
}
