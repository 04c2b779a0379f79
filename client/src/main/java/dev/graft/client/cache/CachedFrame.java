package dev.graft.client.cache;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.PageRuns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * A frame's content in the cache. Immutable but for the note that it was proved; reading it takes
 * no lock and makes no garbage.
 */
public final class CachedFrame {
  private final FrameKey key;
  private final FrameKind kind;
  private final PageRuns pages;
  private final int pageShift;
  private final Shelf.Spot spot;
  private final int lengthBytes;
  private final int crc32c;

  /** The only run's first page and length; length 0 when there are several. */
  private final long onlyFirst;

  private final int onlyCount;
  private final MemorySegment segment;
  private final long start;

  /** Set once its checksum was found right in this process; a second proof would do no harm. */
  private volatile boolean proved;

  CachedFrame(
      FrameKey key,
      FrameKind kind,
      PageRuns pages,
      int pageShift,
      Shelf.Spot spot,
      int lengthBytes,
      int crc32c,
      boolean proved) {
    this.key = key;
    this.kind = kind;
    this.pages = pages;
    this.pageShift = pageShift;
    this.spot = spot;
    this.lengthBytes = lengthBytes;
    this.crc32c = crc32c;
    this.onlyFirst = pages.runs() == 1 ? pages.runFirst(0) : 0;
    this.onlyCount = pages.runs() == 1 ? pages.runCount(0) : 0;
    this.segment = spot.segment();
    this.start = spot.offset();
    this.proved = proved;
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

  Shelf.Spot spot() {
    return spot;
  }

  int crc32c() {
    return crc32c;
  }

  /**
   * Copies a part of a page.
   *
   * @throws GraftException.Corrupt when the frame does not hold the page: then the map is wrong
   */
  public void copy(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    int rank = rank(pageIdx);
    MemorySegment.copy(
        segment, start + ((long) rank << pageShift) + offsetInPage, target, targetOffset, length);
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

  /** A copy of the whole content. */
  public byte[] content() {
    return segment.asSlice(start, lengthBytes).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Whether the bytes are those that were put; looks at them only once in a process. */
  boolean isSound() {
    if (proved) {
      return true;
    }
    var crc = new CRC32C();
    crc.update(segment.asSlice(start, lengthBytes).asByteBuffer());
    if ((int) crc.getValue() != crc32c) {
      return false;
    }
    proved = true;
    return true;
  }
}
