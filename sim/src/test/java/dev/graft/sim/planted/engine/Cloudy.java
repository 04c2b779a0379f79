package dev.graft.sim.planted.engine;

import dev.graft.sim.planted.client.Harmless;

/** Points at the client. */
public record Cloudy(Harmless client) {}
