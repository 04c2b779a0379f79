package dev.graft.client.cache;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.PageRuns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A frame's content at one place in the cache. It never changes, but the place may be given up:
 * then reads say so, and the caller asks the cache again. Reading takes no lock and makes no
 * garbage.
 */
public final class CachedFrame {
  /** What is read often and by all: kept longest. */
  private static final long FIRST_PAGE = 1;

  private final FrameKey key;
  private final FrameKind kind;
  private final boolean hot;
  private final PageRuns pages;
  private final int pageShift;
  private final Slab slab;
  private final int lengthBytes;
  private final int crc32c;
  private final Ticks ticks;

  /** The only run's first page and length; length 0 when there are several. */
  private final long onlyFirst;

  private final int onlyCount;
  private final MemorySegment segment;
  private final long start;

  /** Set once its checksum was found right in this process; a second proof would do no harm. */
  private volatile boolean proved;

  /** When it came here, was first asked for, or was moved. A lost write makes it a little older. */
  private int born;

  /** When it was last read. Written without order by many readers: any of their ticks will do. */
  private int lastRead;

  /** The oldest open pin that read it, as far as is known; written like {@link #lastRead}. */
  private long pin = Pins.NONE;

  /** Whether somebody asked for it since it came; guarded by this. */
  private boolean asked;

  CachedFrame(
      FrameKey key,
      FrameKind kind,
      boolean hot,
      PageRuns pages,
      int pageShift,
      Spot spot,
      int lengthBytes,
      int crc32c,
      boolean proved,
      Ticks ticks) {
    this.key = key;
    this.kind = kind;
    this.hot = hot;
    this.pages = pages;
    this.pageShift = pageShift;
    this.slab = spot.slab();
    this.lengthBytes = lengthBytes;
    this.crc32c = crc32c;
    this.ticks = ticks;
    this.onlyFirst = pages.runs() == 1 ? pages.runFirst(0) : 0;
    this.onlyCount = pages.runs() == 1 ? pages.runCount(0) : 0;
    this.segment = slab.segment();
    this.start = spot.offset();
    this.proved = proved;
    this.born = ticks.now;
    this.lastRead = ticks.now;
  }

  /**
   * A place in a slab.
   *
   * @param slab which
   * @param offset of the first byte
   */
  record Spot(Slab slab, long offset) {}

  /** The same content at another place. */
  CachedFrame at(Spot spot) {
    var moved =
        new CachedFrame(key, kind, hot, pages, pageShift, spot, lengthBytes, crc32c, true, ticks);
    moved.lastRead = lastRead;
    moved.pin = pin;
    synchronized (this) {
      moved.asked = asked;
    }
    return moved;
  }

  /** Its name. */
  public FrameKey key() {
    return key;
  }

  /** What its content is. */
  public FrameKind kind() {
    return kind;
  }

  /** Its pages; none when it holds a part of a map. */
  public PageRuns pages() {
    return pages;
  }

  /** Bytes of its content. */
  public int lengthBytes() {
    return lengthBytes;
  }

  /** Whether its place was given up: then it cannot be read any more. */
  public boolean isGone() {
    return !segment.scope().isAlive();
  }

  Slab slab() {
    return slab;
  }

  long offset() {
    return start;
  }

  int crc32c() {
    return crc32c;
  }

  boolean isMarkedHot() {
    return hot;
  }

  /** Whether it is kept longer than others: interior pages, parts of the map, page 1. */
  boolean isHot() {
    return hot || kind != FrameKind.PAGES || (pages.count() > 0 && pages.first() == FIRST_PAGE);
  }

  int born() {
    return born;
  }

  int lastRead() {
    return lastRead;
  }

  /** The open pin that it is marked with, or none; forgets one that is not open any more. */
  long pin(Pins pins) {
    long mark = pin;
    if (mark != Pins.NONE && !pins.isOpen(mark)) {
      pin = Pins.NONE;
      return Pins.NONE;
    }
    return mark;
  }

  /** Gives it the standing of one that was read again after its first use. */
  void returned() {
    born = ticks.now - 2 * Eviction.FIRST_USE_TICKS;
  }

  /** Whether it was read again is looked for from now on. */
  void passed() {
    born = ticks.now;
  }

  /** Notes that somebody asks for it; whether that is the first time. */
  synchronized boolean ask() {
    if (asked) {
      return false;
    }
    asked = true;
    born = Math.max(born, ticks.now);
    return true;
  }

  synchronized boolean wasAsked() {
    return asked;
  }

  /** As the other {@code copy}, for a reader without a pin. */
  public boolean copy(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    return copy(pageIdx, offsetInPage, target, targetOffset, length, Pins.NONE);
  }

  /**
   * Copies a part of a page.
   *
   * @param reader the pin of the snapshot that reads
   * @return false when its place was given up; then the target holds nothing of use
   * @throws GraftException.Corrupt when the frame does not hold the page: then the map is wrong
   */
  public boolean copy(
      long pageIdx,
      int offsetInPage,
      MemorySegment target,
      long targetOffset,
      int length,
      long reader) {
    int now = ticks.now;
    if (lastRead != now) {
      lastRead = now;
    }
    long mark = pin;
    if (mark > reader || mark < ticks.oldestPin) {
      pin = reader;
    }
    int rank = rank(pageIdx);
    try {
      MemorySegment.copy(
          segment, start + ((long) rank << pageShift) + offsetInPage, target, targetOffset, length);
      return true;
    } catch (IllegalStateException e) {
      if (isGone()) {
        return false;
      }
      throw e;
    }
  }

  private int rank(long pageIdx) {
    long ahead = pageIdx - onlyFirst;
    if (ahead >= 0 && ahead < onlyCount) {
      return (int) ahead;
    }
    int rank = pages.position(pageIdx);
    if (rank < 0) {
      throw new GraftException.Corrupt(
          "page "
              + pageIdx
              + " is not in frame "
              + key.number()
              + " of "
              + key.owner()
              + ", which holds pages "
              + pages);
    }
    return rank;
  }

  /** A copy of the whole content; null when its place was given up. */
  public byte @Nullable [] content() {
    lastRead = ticks.now;
    try {
      return segment.asSlice(start, lengthBytes).toArray(ValueLayout.JAVA_BYTE);
    } catch (IllegalStateException e) {
      if (isGone()) {
        return null;
      }
      throw e;
    }
  }

  /** The bytes in place, to be written elsewhere. In the cache's turn. */
  MemorySegment bytes() {
    return segment.asSlice(start, lengthBytes);
  }

  /**
   * Whether the bytes are those that were put; looks at them only once in a process. False also
   * when its place was given up.
   */
  boolean isSound() {
    if (proved) {
      return true;
    }
    var crc = new CRC32C();
    try {
      crc.update(segment.asSlice(start, lengthBytes).asByteBuffer());
    } catch (IllegalStateException e) {
      return false;
    }
    if ((int) crc.getValue() != crc32c) {
      return false;
    }
    proved = true;
    return true;
  }
}
