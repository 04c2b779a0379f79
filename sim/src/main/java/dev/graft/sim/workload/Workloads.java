package dev.graft.sim.workload;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All workloads. */
public final class Workloads {
  /** Played for every seed. */
  public static final List<Workload> ALL =
      List.of(
          new ThreeClients(),
          new Bank(),
          new ListAppend(),
          new WriteSkew(),
          new CutAndGrow(),
          new ManyVolumes(),
          new Upkeep("rollups", 80),
          new MergingClients(),
          new OfflineClients(),
          new Crowds(),
          new ForkingClients(),
          new MovingFloor(),
          new ReplayingClients(),
          new ForkingPushes(),
          new MergingPushes(),
          new RevertingClients(),
          new TimeTravel(),
          new Pollers(),
          new SqliteBank());

  /** Of the seeds of a run of all workloads, each one that this divides plays a long one too. */
  static final long SEEDS_PER_LONG = 50;

  /** They take long: played when they are named, and for few seeds. */
  public static final List<Workload> LONG = List.of(new Upkeep("checkpoints", 560));

  private Workloads() {}

  /** The workload of this name. */
  public static Optional<Workload> named(String name) {
    return Stream.concat(ALL.stream(), LONG.stream())
        .filter(workload -> workload.name().equals(name))
        .findFirst();
  }
}
