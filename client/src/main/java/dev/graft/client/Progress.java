package dev.graft.client;

/** Is told how far a long piece of work is. Called often, by any thread: quick, and no I/O. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (doneBytes, totalBytes) -> {};

  /**
   * So many bytes are done.
   *
   * @param doneBytes never falls
   * @param totalBytes of the whole, as it is known now
   */
  void at(long doneBytes, long totalBytes);
}
