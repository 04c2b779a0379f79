package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.page.PageSize;

/**
 * Groups pages, given in ascending order, into the contents of frames: up to 128 KiB each, hot
 * pages and others apart. Makes no garbage per page. For one thread at a time.
 */
public final class FramePacker {
  /** Takes a finished group. */
  @FunctionalInterface
  public interface Sink {
    /**
     * One frame's worth of pages.
     *
     * @param hot whether they are hot
     * @param pages their indexes
     * @param raw holds them from byte 0 on, one after the other; only valid during the call
     * @param lengthBytes of all of them
     */
    void frame(boolean hot, PageRuns pages, byte[] raw, int lengthBytes);
  }

  private final PageSize pageSize;
  private final Sink sink;
  private final Group hot;
  private final Group cold;
  private long last;

  /** Gives groups to the sink, in the thread that adds the page which fills one. */
  public FramePacker(PageSize pageSize, Sink sink) {
    this.pageSize = pageSize;
    this.sink = sink;
    this.hot = new Group(true);
    this.cold = new Group(false);
  }

  /**
   * Adds a page above all those added since the last {@link #flush}.
   *
   * @param source holds the page's bytes from {@code offset} on; copied
   */
  public void add(long pageIdx, boolean isHot, byte[] source, int offset) {
    if (pageIdx <= last) {
      throw new GraftException.Misuse("page " + pageIdx + " does not come after page " + last);
    }
    last = pageIdx;
    (isHot ? hot : cold).add(pageIdx, source, offset);
  }

  /** Gives on what is left, hot pages first; afterwards page indexes may begin anew. */
  public void flush() {
    hot.flush();
    cold.flush();
    last = 0;
  }

  private final class Group {
    private final boolean isHot;
    private final PageRuns.Builder pages = new PageRuns.Builder();
    private byte[] raw = new byte[0];
    private int length;

    Group(boolean isHot) {
      this.isHot = isHot;
    }

    void add(long pageIdx, byte[] source, int offset) {
      if (raw.length == 0) {
        raw = new byte[Frame.MAX_PAGES_BYTES];
      }
      int size = pageSize.bytes();
      System.arraycopy(source, offset, raw, length, size);
      pages.add(pageIdx);
      length += size;
      if (length + size > raw.length) {
        flush();
      }
    }

    void flush() {
      if (length > 0) {
        int bytes = length;
        length = 0;
        sink.frame(isHot, pages.build(), raw, bytes);
      }
    }
  }
}
