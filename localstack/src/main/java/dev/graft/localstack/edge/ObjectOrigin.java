package dev.graft.localstack.edge;

/** Where the edge gets immutable objects from. Safe for use by many threads. */
public interface ObjectOrigin {
  /**
   * Asks for a range.
   *
   * @param path of the object as the viewer names it: begins with {@code /v1/}
   * @param offset of the first byte; at or beyond the end gives a part without bytes
   * @param maxBytes how many; 0 asks for the length alone
   */
  OriginAnswer get(String path, long offset, int maxBytes);
}
