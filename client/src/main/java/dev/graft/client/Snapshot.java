package dev.graft.client;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/**
 * A volume at one position, pinned until it is closed: it never changes. Safe for use by many
 * threads. Pages that are not here yet are fetched when they are read.
 */
public interface Snapshot extends AutoCloseable {
  /** The volume. */
  VolumeId volume();

  /** The commit that it stands on. */
  Position position();

  /** How many local transactions lie on top of that commit: 0 when it is exactly that commit. */
  int pending();

  /** The commit time of the position. */
  Instant time();

  /** The logical size in pages. */
  PageCount pageCount();

  /** The size of a page. */
  PageSize pageSize();

  /**
   * The number of the content: strictly grows with every move of the replica to another content in
   * this process, and stays when a push changes the position alone. A snapshot of the past that was
   * never current has a number of its own, too.
   */
  long generation();

  /**
   * Copies a part of a page. A page never written, or beyond the page count, reads as zeros. Waits
   * for at most one round of range reads.
   *
   * @param pageIdx 1-based
   * @param offsetInPage of the first byte
   * @param target where to
   * @param targetOffset byte offset in the target
   * @param length bytes; {@code offsetInPage + length} is at most the page size
   * @throws dev.graft.protocol.error.GraftException when the page cannot be had
   */
  void read(long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length);

  /**
   * Whether a read of the page would wait for nothing, as far as is known without looking far. No
   * I/O; quick. A page of which nothing is known counts as here when there is nothing to fetch.
   */
  default boolean isHere(long pageIdx) {
    return true;
  }

  /**
   * Says which pages may be read soon: they are fetched beside, as far as the budget for guesses
   * goes. Does not wait, and does not fail.
   */
  default void expect(long... pageIdxs) {}

  /**
   * Has pages fetched, in as few reads as their places allow. Does not wait; what cannot be had is
   * told to who reads it.
   */
  default void prefetch(PageSet pages) {}

  /**
   * Brings pages here and waits for them. What is here already is not fetched, so a call that was
   * cut is resumed by another.
   *
   * @param pages which; those beyond the page count are left out
   * @param progress is told of bytes in the store's encoding
   * @throws dev.graft.protocol.error.GraftException.Limit when they do not fit into the cache
   */
  default Hydrated hydrate(PageSet pages, Progress progress) {
    throw new UnsupportedOperationException("this snapshot fetches nothing");
  }

  /** Brings all pages here, as {@link #hydrate(PageSet, Progress)} does. */
  default Hydrated hydrate(Progress progress) {
    long count = pageCount().value();
    return hydrate(count == 0 ? PageSet.empty() : PageSet.ofRange(1, count), progress);
  }

  /** Releases the pin. */
  @Override
  void close();
}
