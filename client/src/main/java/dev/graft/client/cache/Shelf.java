package dev.graft.client.cache;

import java.lang.foreign.MemorySegment;

/** Where the bytes of cached frames stand. Append-only. Safe for use by many threads. */
interface Shelf extends AutoCloseable {
  /**
   * A stretch of bytes.
   *
   * @param file number of the data file or slab
   * @param segment the whole file or slab
   * @param offset of the first byte in it
   */
  record Spot(int file, MemorySegment segment, long offset) {}

  /**
   * Puts bytes on the shelf; they are readable when this returns.
   *
   * @throws dev.graft.protocol.error.GraftException.Limit when there is no room
   */
  Spot place(byte[] bytes, int offset, int length);

  /** Ends all reads: segments handed out are not to be read afterwards. */
  @Override
  void close();
}
