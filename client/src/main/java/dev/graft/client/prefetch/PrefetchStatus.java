package dev.graft.client.prefetch;

/**
 * What became of frames that were fetched before anybody asked: guesses and hot pages, not what a
 * caller ordered by name. Counted in this process; bytes are those of the frames in the store.
 *
 * @param usefulFrames fetched ahead and touched later
 * @param usefulBytes of these
 * @param wastedFrames fetched ahead and evicted untouched
 * @param wastedBytes of these
 * @param untouchedFrames fetched ahead, here, and not touched so far
 * @param untouchedBytes of these
 * @param underWayBytes ordered and not here yet
 * @param refusedFrames wanted ahead and not ordered, because the budget was spent
 * @param refusedBytes of these
 * @param hedges reads that were sent a second time because they took long
 * @param hedgesWon of these, those whose second answer came first
 */
public record PrefetchStatus(
    long usefulFrames,
    long usefulBytes,
    long wastedFrames,
    long wastedBytes,
    long untouchedFrames,
    long untouchedBytes,
    long underWayBytes,
    long refusedFrames,
    long refusedBytes,
    long hedges,
    long hedgesWon) {
  /** Nothing fetched ahead. */
  public static final PrefetchStatus NONE = new PrefetchStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Frames that came ahead and helped nobody so far: wasted and untouched ones. */
  public long unusedFrames() {
    return wastedFrames + untouchedFrames;
  }

  /** Bytes of {@link #unusedFrames}. */
  public long unusedBytes() {
    return wastedBytes + untouchedBytes;
  }
}
