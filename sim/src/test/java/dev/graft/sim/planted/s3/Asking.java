package dev.graft.sim.planted.s3;

import dev.graft.sim.planted.client.Harmless;

/** Sees the client. */
public record Asking(Harmless client) {}
