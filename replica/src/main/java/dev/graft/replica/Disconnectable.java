package dev.graft.replica;

/** Something with connections to elsewhere. */
interface Disconnectable {
  /** Gives up all connections; the next use makes new ones. Nothing may be under way. */
  void disconnect();

  /** Whether nothing is under way. */
  boolean isIdle();
}
