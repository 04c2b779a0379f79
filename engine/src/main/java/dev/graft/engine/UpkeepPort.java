package dev.graft.engine;

/**
 * Where an engine sends its upkeep when it does not do it itself: a process that stands still
 * between two answers can do nothing beside them. Safe for use by many threads.
 */
@FunctionalInterface
public interface UpkeepPort {
  /**
   * Asks for the work and does not wait for it. Called before the answer that caused it is given,
   * so what it takes the caller waits for. A failure is counted by the engine and harms nobody.
   */
  void ask(UpkeepTask task);
}
