package dev.graft.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Pages that follow from one number, their stamp: a torn or foreign page is seen. */
final class StampedPages {
  static final PageSize SIZE = new PageSize(512);

  private StampedPages() {}

  /** Stamp 0 gives zeros. */
  static byte[] of(long page, long stamp) {
    byte[] bytes = new byte[SIZE.bytes()];
    if (stamp != 0) {
      new Random(stamp * 1_000_003 + page).nextBytes(bytes);
      ByteBuffer.wrap(bytes).putLong(stamp);
    }
    return bytes;
  }

  static void write(Transaction transaction, long page, long stamp) {
    transaction.write(page, MemorySegment.ofArray(of(page, stamp)), 0);
  }

  static long read(Transaction transaction, long page) {
    byte[] bytes = new byte[SIZE.bytes()];
    transaction.read(page, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return stampOf(page, bytes);
  }

  static long read(Snapshot snapshot, long page) {
    byte[] bytes = new byte[SIZE.bytes()];
    snapshot.read(page, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return stampOf(page, bytes);
  }

  private static long stampOf(long page, byte[] bytes) {
    long stamp = ByteBuffer.wrap(bytes).getLong();
    assertThat(Arrays.equals(bytes, of(page, stamp)))
        .as("page %s is whole and in its place; its stamp is %s", page, stamp)
        .isTrue();
    return stamp;
  }
}
