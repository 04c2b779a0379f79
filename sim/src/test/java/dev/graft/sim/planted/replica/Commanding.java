package dev.graft.sim.planted.replica;

import dev.graft.sim.planted.cli.Testing;

/** Sees the command. */
public record Commanding(Testing command) {}
