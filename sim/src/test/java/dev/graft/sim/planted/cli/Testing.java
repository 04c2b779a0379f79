package dev.graft.sim.planted.cli;

import dev.graft.sim.planted.sim.World;

/** Sees the simulator. */
public record Testing(World world) {}
