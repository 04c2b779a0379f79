package dev.graft.protocol.remote;

/** What came of a range read. */
public sealed interface RangeOutcome {
  /**
   * The bytes, exactly as many as asked.
   *
   * @param bytes owned by the caller
   */
  record Found(byte[] bytes) implements RangeOutcome {}

  /** No such object: ask for the same LSN again, the pages may lie elsewhere now. */
  record Missing() implements RangeOutcome {}
}
