package dev.graft.client;

import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Page contents for tests: each tells its seed back. */
final class Pages {
  private Pages() {}

  /** A page of half random, half repeated bytes. */
  static byte[] of(PageSize size, long seed) {
    byte[] page = new byte[size.bytes()];
    new SplittableRandom(seed).nextBytes(page);
    for (int i = page.length / 2; i < page.length; i++) {
      page[i] = (byte) seed;
    }
    return page;
  }

  static byte[] read(Snapshot snapshot, long pageIdx) {
    byte[] page = new byte[snapshot.pageSize().bytes()];
    snapshot.read(pageIdx, 0, MemorySegment.ofArray(page), 0, page.length);
    return page;
  }

  static byte[] read(Transaction transaction, long pageIdx) {
    byte[] page = new byte[transaction.base().pageSize().bytes()];
    transaction.read(pageIdx, 0, MemorySegment.ofArray(page), 0, page.length);
    return page;
  }

  static void write(Transaction transaction, long pageIdx, byte[] page) {
    transaction.write(pageIdx, MemorySegment.ofArray(page), 0);
  }

  static byte[] zeros(PageSize size) {
    return MemorySegment.ofArray(new byte[size.bytes()]).toArray(ValueLayout.JAVA_BYTE);
  }
}
