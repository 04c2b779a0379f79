package dev.graft.sim.planted.util;

/** Lies in a package that says nothing. */
public record Nothing() {}
