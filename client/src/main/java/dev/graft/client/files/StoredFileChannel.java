package dev.graft.client.files;

import dev.graft.client.Snapshot;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reads one file of a volume. */
final class StoredFileChannel extends PagedChannel {
  private final Snapshot snapshot;
  private final long length;
  private final long[] firstNumbers;
  private final List<PageRun> runs;

  StoredFileChannel(Snapshot snapshot, StoredFile file) {
    super(snapshot.pageSize().bytes());
    this.snapshot = snapshot;
    this.length = file.bytes();
    this.runs = file.runs();
    this.firstNumbers = new long[runs.size()];
    long number = 0;
    for (int i = 0; i < firstNumbers.length; i++) {
      firstNumbers[i] = number;
      number += runs.get(i).pages();
    }
  }

  @Override
  long length() {
    return length;
  }

  @Override
  void readPage(
      long number, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    int run = firstNumbers.length - 1;
    while (firstNumbers[run] > number) {
      run--;
    }
    long pageIdx = runs.get(run).first() + number - firstNumbers[run];
    snapshot.read(pageIdx, offsetInPage, target, targetOffset, length);
  }

  @Override
  void release() {
    // The snapshot is the caller's.
  }
}
