package dev.graft.client;

import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
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

  /** Releases the pin. */
  @Override
  void close();
}
