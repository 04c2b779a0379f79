package dev.graft.sqlite;

import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import java.lang.foreign.MemorySegment;

/**
 * A transaction of a connection that goes straight into another transaction, and is committed with
 * that.
 *
 * @param onto stays its owner's
 */
record StagedWork(Transaction onto) implements Transaction {
  @Override
  public Snapshot base() {
    return new StagedView(onto);
  }

  @Override
  public PageCount pageCount() {
    return onto.pageCount();
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    onto.read(pageIdx, offsetInPage, target, targetOffset, length);
  }

  @Override
  public void write(long pageIdx, MemorySegment source, long sourceOffset) {
    onto.write(pageIdx, source, sourceOffset);
  }

  @Override
  public void truncate(PageCount count) {
    onto.truncate(count);
  }

  @Override
  public void recordReads(PageSet pages) {
    onto.recordReads(pages);
  }

  @Override
  public PageSet readSet() {
    return onto.readSet();
  }

  @Override
  public PageSet writeSet() {
    return onto.writeSet();
  }

  @Override
  public boolean isEmpty() {
    return onto.isEmpty();
  }

  @Override
  public CommitResult commit(CommitOptions options) {
    return new CommitResult.Nothing();
  }

  @Override
  public void close() {}
}
