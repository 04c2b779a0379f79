package dev.graft.sqlite;

import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/**
 * What is staged in a transaction over its snapshot, read as a snapshot would be.
 *
 * @param onto stays its owner's
 */
record StagedView(Transaction onto) implements Snapshot {
  @Override
  public VolumeId volume() {
    return onto.base().volume();
  }

  @Override
  public Position position() {
    return onto.base().position();
  }

  @Override
  public int pending() {
    return onto.base().pending();
  }

  @Override
  public Instant time() {
    return onto.base().time();
  }

  @Override
  public PageCount pageCount() {
    return onto.pageCount();
  }

  @Override
  public PageSize pageSize() {
    return onto.base().pageSize();
  }

  @Override
  public long generation() {
    return onto.base().generation();
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    onto.read(pageIdx, offsetInPage, target, targetOffset, length);
  }

  @Override
  public void close() {}
}
