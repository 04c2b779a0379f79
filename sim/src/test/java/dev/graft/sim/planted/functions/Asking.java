package dev.graft.sim.planted.functions;

import dev.graft.sim.planted.client.Harmless;

/** Sees the client. */
public record Asking(Harmless client) {}
