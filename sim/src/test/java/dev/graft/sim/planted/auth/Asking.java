package dev.graft.sim.planted.auth;

import dev.graft.sim.planted.client.Harmless;

/** Sees the client. */
public record Asking(Harmless client) {}
