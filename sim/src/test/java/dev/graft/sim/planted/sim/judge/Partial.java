package dev.graft.sim.planted.sim.judge;

import dev.graft.sim.planted.sim.World;

/** Sees the product. */
record Partial(World judged) {}
