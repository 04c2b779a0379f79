package dev.graft.sim;

/** Unwinds a task of a simulation that has failed. An error, so that no handler keeps it. */
final class SimStopped extends Error {
  private static final long serialVersionUID = 1L;

  SimStopped() {
    super("the simulation has ended", null, false, false);
  }
}
