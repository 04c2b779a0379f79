package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/**
 * A snapshot with the pages of one own transaction over it, and with nothing of those that the
 * transaction was merged with. The merged snapshot holds the own pages unchanged, since a merge
 * refuses pages that both wrote.
 *
 * @param base all other pages
 * @param merged the transaction's pages, and the page count
 * @param own the pages that the transaction wrote
 */
record OwnPages(Snapshot base, Snapshot merged, PageSet own) implements Snapshot {
  @Override
  public VolumeId volume() {
    return base.volume();
  }

  @Override
  public Position position() {
    return merged.position();
  }

  @Override
  public int pending() {
    return merged.pending();
  }

  @Override
  public Instant time() {
    return merged.time();
  }

  @Override
  public PageCount pageCount() {
    return merged.pageCount();
  }

  @Override
  public PageSize pageSize() {
    return base.pageSize();
  }

  @Override
  public long generation() {
    return base.generation();
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    Snapshot from = own.contains(pageIdx) ? merged : base;
    from.read(pageIdx, offsetInPage, target, targetOffset, length);
  }

  @Override
  public void close() {
    base.close();
    merged.close();
  }
}
