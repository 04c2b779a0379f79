package dev.graft.sim;

/** Unwinds a task of a process that was killed. An error, so that no handler keeps it. */
public final class Killed extends Error {
  private static final long serialVersionUID = 1L;

  /** Of that process. */
  public Killed(String process) {
    super(process + " was killed", null, false, false);
  }
}
