package dev.graft.client.cache;

import java.util.concurrent.atomic.AtomicLong;

/** The counters of a cache. Safe for use by many threads. */
final class CacheCounts {
  final AtomicLong frameBytes = new AtomicLong();
  final AtomicLong untouchedBytes = new AtomicLong();
  final AtomicLong evictedFrames = new AtomicLong();
  final AtomicLong evictedBytes = new AtomicLong();
  final AtomicLong wastedFrames = new AtomicLong();
  final AtomicLong movedBytes = new AtomicLong();
  final AtomicLong returnedFrames = new AtomicLong();
  final AtomicLong damagedFrames = new AtomicLong();
  final AtomicLong refusedFrames = new AtomicLong();

  /** A frame is here. */
  void came(CachedFrame frame) {
    frameBytes.addAndGet(frame.lengthBytes());
    if (!frame.wasAsked()) {
      untouchedBytes.addAndGet(frame.lengthBytes());
    }
  }

  /** A frame is here no more. */
  void left(CachedFrame frame) {
    frameBytes.addAndGet(-frame.lengthBytes());
    if (!frame.wasAsked()) {
      untouchedBytes.addAndGet(-frame.lengthBytes());
    }
  }

  /** A frame was asked for the first time. */
  void asked(CachedFrame frame) {
    untouchedBytes.addAndGet(-frame.lengthBytes());
  }

  /** It left because its room was needed. */
  void evicted(CachedFrame frame) {
    evictedFrames.incrementAndGet();
    evictedBytes.addAndGet(frame.lengthBytes());
    if (!frame.wasAsked()) {
      wastedFrames.incrementAndGet();
    }
  }
}
