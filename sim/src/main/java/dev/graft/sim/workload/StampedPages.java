package dev.graft.sim.workload;

import dev.graft.protocol.page.PageSize;
import java.nio.ByteBuffer;
import java.util.Random;

/** Pages that follow from their index and one number; no two are equal. */
final class StampedPages {
  static final PageSize SIZE = new PageSize(512);

  private StampedPages() {}

  /** Stamp 0 gives zeros. */
  static byte[] of(long page, long stamp) {
    byte[] bytes = new byte[SIZE.bytes()];
    if (stamp != 0) {
      new Random(stamp * 1_000_003 + page).nextBytes(bytes);
      ByteBuffer.wrap(bytes).putLong(stamp).putLong(page);
    }
    return bytes;
  }
}
