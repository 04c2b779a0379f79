package dev.graft.client.fetch;

import dev.graft.client.cache.FrameKey;
import dev.graft.client.prefetch.PrefetchBudget;
import dev.graft.client.prefetch.PrefetchStatus;
import java.util.HashMap;
import java.util.Map;

/**
 * The books of what is fetched before it is asked for: whether there is budget for more, and what
 * became of it. Safe for use by many threads.
 */
public final class Speculation {
  /** A frame that came ahead. */
  private record Entry(int lengthBytes, boolean guess) {}

  private final PrefetchBudget budget;

  /** Here and not touched; guarded by this, as all below. */
  private final Map<FrameKey, Entry> untouched = new HashMap<>();

  private long untouchedBytes;
  private long untouchedGuessBytes;
  private long guessBytesUnderWay;
  private long hotBytesUnderWay;
  private long usefulFrames;
  private long usefulBytes;
  private long wastedFrames;
  private long wastedBytes;
  private long wastedGuessBytes;
  private long refusedFrames;
  private long refusedBytes;

  /** Bytes that readers needed. */
  private long neededBytes;

  /** Nothing is spent yet. */
  public Speculation(PrefetchBudget budget) {
    this.budget = budget;
  }

  /** Spends bytes on a guess, when there is budget for all of them. */
  synchronized boolean order(int frames, long bytes) {
    long unproved = guessBytesUnderWay + untouchedGuessBytes + wastedGuessBytes;
    long free = budget.allowanceBytes() + neededBytes / 100 * budget.sharePercent();
    if (guessBytesUnderWay + bytes > budget.underWayBytes() || unproved + bytes > free) {
      refusedFrames += frames;
      refusedBytes += bytes;
      return false;
    }
    guessBytesUnderWay += bytes;
    return true;
  }

  /** Notes hot pages under way: the map lists few of them, so they need no budget. */
  synchronized void orderHot(long bytes) {
    hotBytesUnderWay += bytes;
  }

  /** Notes that a read has ended, well or not, or was never made. */
  synchronized void ended(Flight flight) {
    switch (flight.purpose) {
      case GUESS -> guessBytesUnderWay -= flight.wantedBytes();
      case HOT -> hotBytesUnderWay -= flight.wantedBytes();
      case NEED -> {}
    }
  }

  /** Notes a frame that was not here before. */
  synchronized void landed(Flight flight, FrameKey key, int lengthBytes) {
    if (flight.purpose == Flight.Purpose.NEED) {
      return;
    }
    boolean guess = flight.purpose == Flight.Purpose.GUESS;
    if (untouched.put(key, new Entry(lengthBytes, guess)) == null) {
      untouchedBytes += lengthBytes;
      untouchedGuessBytes += guess ? lengthBytes : 0;
    }
  }

  /** Notes that a reader needed a frame for the first time. */
  synchronized void needed(FrameKey key, int lengthBytes) {
    neededBytes += lengthBytes;
    Entry entry = taken(key);
    if (entry != null) {
      usefulFrames++;
      usefulBytes += entry.lengthBytes;
    }
  }

  /** Notes that a frame left the cache. */
  public synchronized void evicted(FrameKey key) {
    Entry entry = taken(key);
    if (entry != null) {
      wastedFrames++;
      wastedBytes += entry.lengthBytes;
      wastedGuessBytes += entry.guess ? entry.lengthBytes : 0;
    }
  }

  private @org.jspecify.annotations.Nullable Entry taken(FrameKey key) {
    Entry entry = untouched.remove(key);
    if (entry != null) {
      untouchedBytes -= entry.lengthBytes;
      untouchedGuessBytes -= entry.guess ? entry.lengthBytes : 0;
    }
    return entry;
  }

  /**
   * What became of it all so far.
   *
   * @param hedges second reads beside slow ones
   * @param hedgesWon of these, those that were faster
   */
  public synchronized PrefetchStatus status(long hedges, long hedgesWon) {
    return new PrefetchStatus(
        usefulFrames,
        usefulBytes,
        wastedFrames,
        wastedBytes,
        untouched.size(),
        untouchedBytes,
        guessBytesUnderWay + hotBytesUnderWay,
        refusedFrames,
        refusedBytes,
        hedges,
        hedgesWon);
  }
}
