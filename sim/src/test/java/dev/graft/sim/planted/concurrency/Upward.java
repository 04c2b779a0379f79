package dev.graft.sim.planted.concurrency;

import dev.graft.sim.planted.client.Harmless;

/** Points up. */
public record Upward(Harmless client) {}
