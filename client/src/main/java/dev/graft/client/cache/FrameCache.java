package dev.graft.client.cache;

import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.page.PageSize;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * All frames that are here, of all snapshots together. What it gives was proved by its checksum at
 * the first touch in this process; a damaged frame is forgotten, as if it had never been here. Safe
 * for use by many threads.
 */
public final class FrameCache implements AutoCloseable {
  private final Shelf shelf;
  private final @Nullable FrameIndex index;
  private final int pageShift;
  private final ConcurrentHashMap<FrameKey, CachedFrame> frames;
  private final AtomicLong bytes = new AtomicLong();

  private FrameCache(
      Shelf shelf,
      @Nullable FrameIndex index,
      PageSize pageSize,
      ConcurrentHashMap<FrameKey, CachedFrame> frames) {
    this.shelf = shelf;
    this.index = index;
    this.pageShift = pageSize.log2();
    this.frames = frames;
    frames.values().forEach(frame -> bytes.addAndGet(frame.lengthBytes()));
  }

  /** A cache that lives as long as this object. */
  public static FrameCache inMemory(PageSize pageSize) {
    return new FrameCache(new MemoryShelf(), null, pageSize, new ConcurrentHashMap<>());
  }

  /**
   * A cache in a folder, with what an earlier process left there. The caller holds the folder's
   * lock.
   */
  public static FrameCache onFolder(Path folder, PageSize pageSize) {
    FolderShelf shelf = new FolderShelf(folder);
    var frames = new ConcurrentHashMap<FrameKey, CachedFrame>();
    FrameIndex index = FrameIndex.open(folder, shelf, pageSize, frames);
    return new FrameCache(shelf, index, pageSize, frames);
  }

  /** The frame, proved; null when it is not here. */
  public @Nullable CachedFrame get(FrameKey key) {
    CachedFrame frame = frames.get(key);
    if (frame == null || frame.isSound()) {
      return frame;
    }
    if (frames.remove(key, frame)) {
      bytes.addAndGet(-frame.lengthBytes());
    }
    return null;
  }

  /** Whether the frame is thought to be here; does not touch it. */
  public boolean contains(FrameKey key) {
    return frames.containsKey(key);
  }

  /**
   * Keeps a frame's content. When it is here already, that one stays.
   *
   * @param content holds it from {@code offset} on; copied
   * @throws dev.graft.protocol.error.GraftException.Limit when there is no room
   */
  public CachedFrame put(
      FrameKey key, FrameKind kind, PageRuns pages, byte[] content, int offset, int length) {
    CachedFrame present = get(key);
    if (present != null) {
      return present;
    }
    var crc = new CRC32C();
    crc.update(content, offset, length);
    int crc32c = (int) crc.getValue();
    Shelf.Spot spot = shelf.place(content, offset, length);
    CachedFrame made = new CachedFrame(key, kind, pages, pageShift, spot, length, crc32c, true);
    if (index != null) {
      index.append(made);
    }
    CachedFrame winner = frames.putIfAbsent(key, made);
    if (winner != null) {
      return winner;
    }
    bytes.addAndGet(length);
    return made;
  }

  /** Bytes of content that are here. */
  public long bytes() {
    return bytes.get();
  }

  /** Ends all reads of its frames. */
  @Override
  public void close() {
    shelf.close();
    if (index != null) {
      index.close();
    }
  }
}
