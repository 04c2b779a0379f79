package dev.graft.client;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.view.MapView;
import dev.graft.client.view.PageFinder;
import dev.graft.client.view.Whereabouts;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A pin on a standing. */
final class PinnedSnapshot implements Snapshot {
  /** Times that pages may be found moved within one read: each time the map was asked anew. */
  private static final int MAX_MOVES = 2;

  /** Times that a page may be given up between its fetch and its use, within one read. */
  private static final int MAX_EVICTIONS = 32;

  private final Standing standing;
  private final VolumeReplica replica;
  private final int pageBytes;
  private final Runnable unpin;
  private final @Nullable FrameCache cache;
  private final long cachePin;
  private volatile boolean closed;

  /** On a standing, for somebody who hardly reads through it. */
  PinnedSnapshot(Standing standing, VolumeReplica replica) {
    this(standing, replica, () -> {}, null);
  }

  /**
   * On a standing that is held as long as this is open.
   *
   * @param unpin called once, when it is closed
   * @param cache keeps what is read through this, as far as it can; null when nothing has to stay
   */
  PinnedSnapshot(
      Standing standing, VolumeReplica replica, Runnable unpin, @Nullable FrameCache cache) {
    this.standing = standing;
    this.replica = replica;
    this.cache = cache;
    this.cachePin = cache == null ? FrameCache.NO_PIN : cache.pin();
    this.pageBytes = standing.pageSize.bytes();
    this.unpin = unpin;
  }

  Standing standing() {
    return standing;
  }

  @Override
  public VolumeId volume() {
    return standing.volume;
  }

  @Override
  public Position position() {
    return standing.position;
  }

  @Override
  public int pending() {
    return standing.pending;
  }

  @Override
  public Instant time() {
    return standing.time;
  }

  @Override
  public PageCount pageCount() {
    return standing.count();
  }

  @Override
  public PageSize pageSize() {
    return standing.pageSize;
  }

  @Override
  public long generation() {
    return standing.generation;
  }

  @Override
  public void read(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    Objects.checkFromIndexSize(offsetInPage, length, pageBytes);
    requireOpen();
    MapView map = standing.map();
    if (pageIdx < 1 || pageIdx > map.root().count().value()) {
      readOutside(pageIdx, target, targetOffset, length);
      return;
    }
    try {
      if (!PageFinder.copyTouched(
          map, pageIdx, offsetInPage, target, targetOffset, length, cachePin)) {
        readUntouched(pageIdx, offsetInPage, target, targetOffset, length);
      }
    } catch (IllegalStateException e) {
      if (!replica.isClosed()) {
        throw e;
      }
      throw new GraftException.Misuse("page " + pageIdx + " was read after its replica was closed");
    }
  }

  private static void readOutside(
      long pageIdx, MemorySegment target, long targetOffset, int length) {
    if (pageIdx < 1) {
      throw new GraftException.Misuse("page " + pageIdx + " cannot be: the first page is 1");
    }
    target.asSlice(targetOffset, length).fill((byte) 0);
  }

  private void readUntouched(
      long pageIdx, int offsetInPage, MemorySegment target, long targetOffset, int length) {
    int evictions = 0;
    int moves = 0;
    while (moves <= MAX_MOVES && evictions <= MAX_EVICTIONS) {
      MapView map = standing.map();
      switch (replica.finder().find(map, pageIdx)) {
        case Whereabouts.Here(var frame) -> {
          if (frame.copy(pageIdx, offsetInPage, target, targetOffset, length, cachePin)) {
            return;
          }
          // Its place was given up in this very moment.
          evictions++;
        }
        case Whereabouts.Zeros zeros -> {
          target.asSlice(targetOffset, length).fill((byte) 0);
          return;
        }
        case Whereabouts.Moved gone -> {
          moves++;
          replica.relocate(standing, map);
        }
      }
    }
    String page =
        "page " + pageIdx + " of " + standing.volume + " at LSN " + standing.position.lsn();
    throw new GraftException.Unavailable(
        evictions > MAX_EVICTIONS
            ? page + " was evicted as often as it was fetched; give the cache more room"
            : page
                + " is in no object that its newest map names: try again, and when that does not help, examine"
                + " the volume (graft doctor)");
  }

  @Override
  public boolean isHere(long pageIdx) {
    return replica.hints().isHere(standing, pageIdx);
  }

  @Override
  public void expect(long... pageIdxs) {
    replica.hints().expect(standing, pageIdxs);
  }

  @Override
  public void prefetch(PageSet pages) {
    requireOpen();
    replica.hints().prefetch(standing, pages);
  }

  @Override
  public Hydrated hydrate(PageSet pages, Progress progress) {
    requireOpen();
    return replica.hints().hydrate(standing, pages, progress);
  }

  private void requireOpen() {
    if (closed) {
      throw new GraftException.Misuse("the snapshot at " + standing.position + " is closed");
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (cache != null) {
      cache.unpin(cachePin);
    }
    unpin.run();
  }
}
