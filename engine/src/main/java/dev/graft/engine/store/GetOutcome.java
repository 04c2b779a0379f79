package dev.graft.engine.store;

/** What a {@link ObjectStore#get} found. */
public sealed interface GetOutcome {
  /**
   * The asked bytes; fewer than asked only when the object ends before.
   *
   * @param bytes owned by the caller
   * @param totalBytes the length of the whole object
   */
  record Found(byte[] bytes, long totalBytes) implements GetOutcome {}

  /** No object stands at the key. */
  record Missing() implements GetOutcome {}
}
