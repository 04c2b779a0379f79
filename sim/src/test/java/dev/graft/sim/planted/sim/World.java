package dev.graft.sim.planted.sim;

/** Nothing points here. */
public record World(long seed) {}
