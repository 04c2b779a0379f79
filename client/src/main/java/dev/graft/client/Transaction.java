package dev.graft.client;

import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.lang.foreign.MemorySegment;

/**
 * Staged writes on top of a snapshot, which see themselves. For one thread at a time. Closing
 * without a commit leaves no trace.
 */
public interface Transaction extends AutoCloseable {
  /** The snapshot that it reads; owned by the transaction. */
  Snapshot base();

  /** The page count as staged. */
  PageCount pageCount();

  /**
   * Reads a part of a page as {@link Snapshot#read} does, staged writes first, and records the page
   * in the read set.
   */
  void read(long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length);

  /**
   * Stages a whole page; grows the page count when it lies beyond.
   *
   * @param source one page from this offset on
   */
  void write(long pageIdx, MemorySegment source, long sourceOffset);

  /**
   * Stages a new page count; pages above it are gone, and read as zeros should the volume grow
   * again.
   */
  void truncate(PageCount count);

  /** Adds pages that were read elsewhere on behalf of this transaction to its read set. */
  void recordReads(PageSet pages);

  /** Pages read so far. */
  PageSet readSet();

  /** Pages staged so far. */
  PageSet writeSet();

  /** Whether a commit would change nothing. */
  boolean isEmpty();

  /**
   * Commits, as durably as the options say. Ends the transaction in every case but an exception of
   * kind unavailable or limit, after which the same call may be repeated to find out what became of
   * it. An ended transaction can be read until it is closed, and reads what it did before.
   */
  CommitResult commit(CommitOptions options);

  /** Gives up what is staged. */
  @Override
  void close();
}
