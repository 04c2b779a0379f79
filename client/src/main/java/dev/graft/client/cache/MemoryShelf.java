package dev.graft.client.cache;

import dev.graft.protocol.error.GraftException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A shelf outside of the Java heap, for replicas without a folder. */
final class MemoryShelf implements Shelf {
  private static final int FIRST_SLAB_BYTES = 256 * 1024;
  private static final int LARGEST_SLAB_BYTES = 16 * 1024 * 1024;

  private final Arena arena = Arena.ofShared();
  private MemorySegment slab = MemorySegment.NULL;
  private int slabs;
  private long used;

  @Override
  public Spot place(byte[] bytes, int offset, int length) {
    Spot spot = reserve(length);
    MemorySegment.copy(MemorySegment.ofArray(bytes), offset, spot.segment(), spot.offset(), length);
    return spot;
  }

  private synchronized Spot reserve(int length) {
    if (used + length > slab.byteSize()) {
      long grown = Math.max(FIRST_SLAB_BYTES, Math.min(LARGEST_SLAB_BYTES, slab.byteSize() * 2));
      try {
        slab = arena.allocate(Math.max(grown, length));
      } catch (OutOfMemoryError e) {
        throw new GraftException.Limit(
            "no memory is left for cached pages; open the replica on a folder", e);
      }
      slabs++;
      used = 0;
    }
    Spot spot = new Spot(slabs, slab, used);
    used += length;
    return spot;
  }

  @Override
  public void close() {
    arena.close();
  }
}
