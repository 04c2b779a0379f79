package dev.graft.client;

import dev.graft.client.cache.CachedFrame;
import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.client.fetch.Lender;
import java.util.concurrent.atomic.AtomicLong;

/** Lends the frames of one cache to another, and counts them. Safe for use by many threads. */
final class Borrowing implements Lender {
  private final FrameCache from;
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  Borrowing(FrameCache from) {
    this.from = from;
  }

  @Override
  public boolean lend(FrameKey key, FrameCache to) {
    CachedFrame frame = from.contains(key) ? from.get(key) : null;
    if (frame == null) {
      return false;
    }
    byte[] content = frame.content();
    if (content == null) {
      // Given up in this very moment.
      return false;
    }
    to.put(key, frame.kind(), frame.pages(), content, 0, content.length);
    frames.incrementAndGet();
    bytes.addAndGet(content.length);
    return true;
  }

  /** Frames lent. */
  long frames() {
    return frames.get();
  }

  /** Bytes of their content. */
  long bytes() {
    return bytes.get();
  }
}
