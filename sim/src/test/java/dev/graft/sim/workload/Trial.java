package dev.graft.sim.workload;

import dev.graft.sim.Fault;
import dev.graft.sim.FaultPlan;
import dev.graft.sim.world.Flaws;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Plays a workload for a seed, with engines in process; gives what was found. The workload is asked
 * for by its name, and behind it, each after a space, by the faults: {@code FAULT=P}.
 */
public final class Trial implements BiFunction<String, Long, String> {
  /** Of tests. */
  private static final Map<String, Workload> OTHERS =
      Map.of("away", new Away(), "scattered", new Scattered(), "bulk", new Small(1, 10, 300));

  @Override
  public String apply(String asked, Long seed) {
    String[] words = asked.split(" ");
    FaultPlan plan = FaultPlan.NONE;
    for (int i = 1; i < words.length; i++) {
      String[] fault = words[i].split("=");
      plan = plan.with(Fault.valueOf(fault[0]), Double.parseDouble(fault[1]));
    }
    String[] name = words[0].split("/");
    Workload workload =
        Workloads.named(name[0]).or(() -> Optional.ofNullable(OTHERS.get(name[0]))).orElseThrow();
    Way way = name.length == 1 ? Way.ENGINES : Way.named(name[1]).orElseThrow();
    FaultPlan faults = plan;
    Played played = Player.changed(workload, _ -> faults, Flaws.NONE, way).play(seed);
    return String.join("\n", played.findings());
  }
}
