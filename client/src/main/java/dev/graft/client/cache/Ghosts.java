package dev.graft.client.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The names of frames that were given up lately, as far as they fit: who comes back is told from
 * who is new. May take one for another now and then. Safe for use by many threads.
 */
final class Ghosts {
  /** One name for so many bytes of the cache. */
  private static final int BYTES_A_NAME = 16 * 1024;

  private static final int MAX_NAMES = 1 << 18;

  private final AtomicIntegerArray names;

  Ghosts(CacheBound bound) {
    long wanted = Math.min(MAX_NAMES, bound.bytes() / BYTES_A_NAME);
    this.names = new AtomicIntegerArray(Integer.highestOneBit((int) wanted));
  }

  private static int mark(FrameKey key) {
    int hash = key.hashCode() * 0x9E3779B9;
    return (hash ^ hash >>> 15) | 1; // 0 stands for none
  }

  private int slot(int mark) {
    return mark >>> 1 & names.length() - 1;
  }

  /** A frame was given up. */
  void add(FrameKey key) {
    int mark = mark(key);
    names.set(slot(mark), mark);
  }

  /** Whether the frame was given up lately; forgets it. */
  boolean remove(FrameKey key) {
    int mark = mark(key);
    return names.compareAndSet(slot(mark), mark, 0);
  }
}
