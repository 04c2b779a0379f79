package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultHits;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.SimConcurrency;
import dev.graft.sim.judge.Judge;
import dev.graft.sim.judge.Verdict;
import dev.graft.sim.world.Flaws;
import dev.graft.sim.world.World;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Plays workloads by seeds and has them judged. */
public final class Player {
  /** The faults that are usual, and how often they happen to what they can happen to. */
  public static final FaultPlan USUAL =
      FaultPlan.of(
              0.01,
              Set.of(
                  Fault.PUT_ANSWER_LOST,
                  Fault.PUT_LOST,
                  Fault.PUT_REFUSED,
                  Fault.GET_REFUSED,
                  Fault.PUT_CLASHED,
                  Fault.PUT_TOLD_TAKEN,
                  Fault.STORE_SLOW,
                  Fault.REMOTE_REQUEST_LOST,
                  Fault.REMOTE_ANSWER_LOST,
                  Fault.REMOTE_TWICE,
                  Fault.REMOTE_REPEATED,
                  Fault.REMOTE_SLOW,
                  Fault.RANGE_TRUNCATED,
                  Fault.RANGE_FLIPPED))
          .with(Fault.EDGE_STALE, 0.02)
          .with(Fault.EDGE_COLLAPSED, 0.15)
          .with(Fault.EDGE_LARGER, 0.02)
          .with(Fault.EDGE_WHOLE, 0.02)
          .with(Fault.CLONED_INSTANCE, 0.2)
          .with(Fault.LIST_REFUSED, 0.05)
          .with(Fault.PUT_LANDS_LATE, 0.04)
          .with(Fault.OVERTAKEN, 0.03)
          .with(Fault.STORM, 0.001)
          .with(Fault.PAUSED_BEFORE, 0.001)
          .with(Fault.PAUSED_AFTER, 0.001)
          .with(Fault.GET_TRUNCATED, 0.002)
          .with(Fault.GET_FLIPPED, 0.002)
          .with(Fault.CLOCK_SKEW, 0.5)
          .with(Fault.INVOCATION_LOST, 0.01)
          .with(Fault.RESPONSE_LOST_AT_FUNCTION, 0.01)
          .with(Fault.RESPONSE_LOST_AT_CLIENT, 0.01)
          .with(Fault.INVOCATION_DUPLICATED, 0.02)
          .with(Fault.INVOCATION_LATE, 0.01)
          .with(Fault.INVOCATION_REFUSED, 0.002)
          .with(Fault.INSTANCE_FROZEN, 0.0005)
          .with(Fault.CLIENT_KILLED, 0.002)
          .with(Fault.WRITES_LOST, 0.25)
          .with(Fault.WRITE_TORN, 0.25)
          .with(Fault.WRITES_REORDERED, 0.25)
          .with(Fault.DISK_FULL, 0.0005);

  private final Workload workload;
  private final FaultPlan plan;
  private final Flaws flaws;
  private final Way way;

  /** A player of one workload whose clients reach engines in process. */
  public Player(Workload workload, FaultPlan usual, Flaws flaws) {
    this(workload, usual, flaws, Way.ENGINES);
  }

  /**
   * A player of one workload.
   *
   * @param usual the faults that the workload takes its own from
   * @param flaws bugs to be planted
   * @param way how clients reach what serves them
   */
  public Player(Workload workload, FaultPlan usual, Flaws flaws, Way way) {
    this(workload, flaws, way, workload.plan(usual));
  }

  private Player(Workload workload, Flaws flaws, Way way, FaultPlan plan) {
    this.workload = workload;
    this.plan = way.possible(possible(plan));
    this.flaws = flaws;
    this.way = way;
  }

  /**
   * A player of one workload with its faults, as changed afterwards.
   *
   * @param changes to what the workload itself makes of the usual faults
   */
  static Player changed(Workload workload, UnaryOperator<FaultPlan> changes, Flaws flaws, Way way) {
    return new Player(workload, flaws, way, changes.apply(workload.plan(USUAL)));
  }

  /**
   * A player of one workload whose clients reach engines in process.
   *
   * @param plan the faults, whatever the workload would make of them
   */
  static Player exactly(Workload workload, FaultPlan plan, Flaws flaws) {
    return new Player(workload, flaws, Way.ENGINES, plan);
  }

  /** The power goes only when a client is killed. */
  private static FaultPlan possible(FaultPlan plan) {
    FaultPlan possible = plan;
    if (plan.probability(Fault.CLIENT_KILLED) == 0) {
      for (Fault fault : Fault.ofPowerCut()) {
        possible = possible.without(fault);
      }
    }
    return possible;
  }

  /** The same with one fault less. */
  Player without(Fault fault) {
    return new Player(workload, flaws, way, plan.without(fault));
  }

  /** The faults that can happen. */
  public FaultPlan plan() {
    return plan;
  }

  /** Plays one seed to its end and has it judged. */
  public Played play(long seed) {
    long mixed = seed * 0x9E3779B97F4A7C15L ^ workload.name().hashCode();
    SimConcurrency sim = new SimConcurrency(mixed);
    FaultHits hits = new FaultHits();
    @Nullable Throwable failure = null;
    World world = new World(sim, mixed, plan, hits, flaws, way.isDeployed(mixed));
    try (world) {
      sim.run(() -> {
        workload.play(world);
        world.finish();
        return true;
      });
    } catch (Exception | AssertionError e) {
      failure = e;
    }
    List<String> lines = world.recorder().lines();
    Verdict verdict = failure == null ? Judge.judge(lines) : new Verdict(List.of(), 0, 0, 0);
    return new Played(
        workload.name(), seed, sim.traceHash(), verdict, failure, hits.all(), sim.age(), lines);
  }
}
