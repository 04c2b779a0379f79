package dev.graft.localstack.web;

/**
 * The body of a request, most likely still on its way: what a request head alone refuses is never
 * read. For the thread that handles the request.
 */
public interface Incoming {
  /** No length was named: the body comes in chunks. */
  long UNKNOWN = -1;

  /** How many bytes it has as the head says, or {@link #UNKNOWN}. */
  long length();

  /**
   * Reads all of it; the same array when asked again, not to be changed.
   *
   * @throws RefusedException when it is too large, too slow, none, or when there is no room now: to
   *     be left to the server, which answers
   * @throws IllegalStateException when the request is answered already
   */
  byte[] bytes();

  /** Bytes that are there already; not changed afterwards. */
  static Incoming of(byte[] bytes) {
    return new Incoming() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public byte[] bytes() {
        return bytes;
      }
    };
  }
}
