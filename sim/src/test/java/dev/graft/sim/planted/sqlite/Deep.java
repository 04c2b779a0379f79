package dev.graft.sim.planted.sqlite;

import dev.graft.sim.planted.engine.Cloudy;

/** Sees the engine. */
public record Deep(Cloudy engine) {}
