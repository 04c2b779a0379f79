package dev.graft.client.cache;

import dev.graft.client.turn.Turn;
import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.PageRuns;
import dev.graft.protocol.page.PageSize;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * All frames that are here, of all snapshots together, within a bound. What it gives was proved by
 * its checksum at the first touch in this process; a damaged frame is forgotten, as if it had never
 * been here. When there is no room, frames are given up for new ones. Safe for use by many threads.
 */
public final class FrameCache implements AutoCloseable {
  /** What a reader has that holds on to nothing. */
  public static final long NO_PIN = Pins.NONE;

  /** A frame finds its place at the latest after so many slabs that others filled or failed. */
  private static final int MAX_TRIES = 64;

  /** When the disk refuses, frames go to memory: at most so many slabs of at most these bytes. */
  private static final int MAX_REFUGES = 2;

  private static final long REFUGE_BYTES = 4 << 20;

  private final CacheBound bound;
  private final int pageShift;
  private final Ticks ticks;
  private final Shelf shelf;
  private final FrameIndex index;
  private final ConcurrentHashMap<FrameKey, CachedFrame> frames;
  private final Pins pins;
  private final Ghosts ghosts;
  private final CacheCounts counts = new CacheCounts();
  private final Eviction eviction;
  private final Turn turn;

  /** Whether the next slab is in memory because the disk refused; in turn. */
  private boolean refuge;

  private volatile boolean closed;

  private FrameCache(
      CacheBound bound,
      PageSize pageSize,
      Ticks ticks,
      Shelf shelf,
      FrameIndex index,
      ConcurrentHashMap<FrameKey, CachedFrame> frames,
      Concurrency concurrency) {
    this.bound = bound;
    this.pageShift = pageSize.log2();
    this.ticks = ticks;
    this.shelf = shelf;
    this.index = index;
    this.frames = frames;
    this.pins = new Pins(ticks);
    this.ghosts = new Ghosts(bound);
    this.eviction = new Eviction(bound, frames, shelf, ticks, pins, ghosts, counts, index);
    this.turn = new Turn(concurrency);
    frames.values().forEach(counts::came);
  }

  /** A cache that lives as long as this object. */
  public static FrameCache inMemory(PageSize pageSize, CacheBound bound, Concurrency concurrency) {
    return new FrameCache(
        bound,
        pageSize,
        new Ticks(),
        new Shelf(SlabMaker.inMemory()),
        FrameIndex.NONE,
        new ConcurrentHashMap<>(),
        concurrency);
  }

  /**
   * A cache in a folder, with what an earlier process left there as far as it fits the bound. The
   * caller holds the folder's lock.
   */
  public static FrameCache onFolder(
      Path folder, PageSize pageSize, CacheBound bound, Concurrency concurrency) {
    var ticks = new Ticks();
    var frames = new ConcurrentHashMap<FrameKey, CachedFrame>();
    var known = new KnownFrames(folder, pageSize.log2(), ticks);
    var shelf = new Shelf(SlabMaker.inFolder(folder));
    FrameIndex index = known.read();
    try {
      known.adopt(bound, shelf, frames);
      var cache = new FrameCache(bound, pageSize, ticks, shelf, index, frames, concurrency);
      cache.shrink();
      return cache;
    } catch (RuntimeException e) {
      shelf.close();
      index.close();
      throw e;
    }
  }

  /** Gives up what does not fit a bound that is smaller than it was. */
  private void shrink() {
    while (shelf.heldBytes() > bound.bytes() - bound.pieceBytes()) {
      Slab victim = eviction.choose();
      if (victim == null) {
        break;
      }
      eviction.forgetAll(victim);
      shelf.giveUp(victim);
    }
    index.tidy(frames.values());
  }

  /** The frame, proved; null when it is not here. */
  public @Nullable CachedFrame get(FrameKey key) {
    requireOpen();
    CachedFrame frame = frames.get(key);
    if (frame == null) {
      return null;
    }
    if (frame.isSound()) {
      if (frame.ask()) {
        counts.asked(frame);
      }
      return frame;
    }
    if (frames.remove(key, frame)) {
      counts.left(frame);
      if (!frame.isGone()) {
        counts.damagedFrames.incrementAndGet();
      }
    }
    return null;
  }

  /** Whether the frame is thought to be here; does not touch it. */
  public boolean contains(FrameKey key) {
    return frames.containsKey(key);
  }

  /** As the other {@code put}, of a frame that is not marked as hot. */
  public CachedFrame put(
      FrameKey key, FrameKind kind, PageRuns pages, byte[] content, int offset, int length) {
    return put(key, kind, false, pages, content, offset, length);
  }

  /**
   * Keeps a frame's content. When it is here already, that one stays. When the disk refuses it, it
   * is kept in memory for a while.
   *
   * @param hot whether its writer marked it so: then it is kept longer
   * @param content holds it from {@code offset} on; copied
   * @throws GraftException.Limit when there is no room in memory either
   */
  public CachedFrame put(
      FrameKey key,
      FrameKind kind,
      boolean hot,
      PageRuns pages,
      byte[] content,
      int offset,
      int length) {
    requireOpen();
    CachedFrame present = frames.get(key);
    if (present != null && present.isSound()) {
      return present;
    }
    var crc = new CRC32C();
    crc.update(content, offset, length);
    int crc32c = (int) crc.getValue();
    CachedFrame.Spot spot = place(ByteBuffer.wrap(content, offset, length));
    try {
      CachedFrame made =
          new CachedFrame(key, kind, hot, pages, pageShift, spot, length, crc32c, true, ticks);
      if (ghosts.remove(key)) {
        counts.returnedFrames.incrementAndGet();
        made.returned();
      }
      index.append(made);
      CachedFrame winner = frames.putIfAbsent(key, made);
      if (winner != null) {
        return winner;
      }
      counts.came(made);
      return made;
    } finally {
      spot.slab().settled();
    }
  }

  /** Writes the bytes where there is room; the reservation is open when this returns. */
  private CachedFrame.Spot place(ByteBuffer content) {
    int length = content.remaining();
    GraftException refusal = null;
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      CachedFrame.Spot spot = shelf.reserve(length);
      if (spot == null) {
        inTurn(() -> beginSlab(length));
        continue;
      }
      Slab slab = spot.slab();
      try {
        slab.write(spot.offset(), content.duplicate());
        if (refusal != null) {
          counts.refusedFrames.incrementAndGet();
        }
        return spot;
      } catch (GraftException e) {
        slab.settled();
        requireOpen();
        refusal = e;
        inTurn(() -> refused(slab, e instanceof GraftException.Limit));
      } catch (RuntimeException e) {
        slab.settled();
        throw e;
      }
    }
    throw refusal != null
        ? refusal
        : new GraftException.Unavailable(
            "the cache of " + bound.bytes() + " bytes is full of frames on their way: try again");
  }

  private void inTurn(Runnable work) {
    turn.run(() -> {
      requireOpen();
      work.run();
      return true;
    });
  }

  /** Begins a slab with room for so many bytes, and gives up others for it. In turn. */
  private void beginSlab(int length) {
    if (shelf.fits(length)) {
      return;
    }
    shelf.giveUpLingering();
    shelf.seal();
    ticks.now++;
    Slab next = next(length);
    long movable = next.segment().byteSize() / 2;
    Slab victim = victim(next);
    while (victim != null) {
      movable -= eviction.move(victim, next, movable);
      shelf.giveUp(victim);
      victim = victim(next);
    }
    next.turn = ticks.now;
    shelf.begin(next);
    index.tidy(frames.values());
  }

  private Slab next(int length) {
    if (!refuge) {
      try {
        return shelf.make(length, Math.max(length, bound.pieceBytes()));
      } catch (GraftException e) {
        // Not even a name fits this disk, or it is for reading only.
        return refuge(length);
      }
    }
    refuge = false;
    return refuge(length);
  }

  private Slab refuge(int length) {
    return shelf.make(
        (number, least, bytes) -> Slab.inMemory(number, bytes),
        length,
        Math.max(length, Math.min(REFUGE_BYTES, bound.pieceBytes())));
  }

  /** What has to go for a new slab; null when nothing has to, or can. One piece stays free. */
  private @Nullable Slab victim(Slab next) {
    if (index != FrameIndex.NONE && !next.isFile()) {
      var refuges = shelf.sealed();
      refuges.removeIf(Slab::isFile);
      if (refuges.size() >= MAX_REFUGES) {
        return refuges.getFirst();
      }
    }
    long wanted = next.segment().byteSize() + bound.pieceBytes();
    return shelf.heldBytes() + wanted > bound.bytes() ? eviction.choose() : null;
  }

  /**
   * The disk refused a write: gives up an older file if that may help, else goes on in memory. In
   * turn.
   */
  private void refused(Slab slab, boolean full) {
    if (!shelf.isCurrent(slab)) {
      return;
    }
    shelf.seal();
    refuge = !(full && giveUpOldest(slab));
    if (slab.isSettled() && frames.values().stream().noneMatch(frame -> frame.slab() == slab)) {
      shelf.giveUp(slab);
    }
  }

  private boolean giveUpOldest(@Nullable Slab spared) {
    for (Slab oldest : shelf.sealed()) {
      if (oldest != spared && oldest.isFile()) {
        eviction.forgetAll(oldest);
        shelf.giveUp(oldest);
        return true;
      }
    }
    return false;
  }

  /**
   * Gives up the oldest data file, for somebody who needs the disk more.
   *
   * @return whether there was one
   */
  public boolean makeRoom() {
    return turn.run(() -> {
      requireOpen();
      shelf.giveUpLingering();
      return giveUpOldest(null);
    });
  }

  /**
   * A reader begins: what it reads from now on stays before other frames, as far as the bound
   * allows.
   *
   * @return to be given to {@link #unpin}
   */
  public long pin() {
    return pins.hold();
  }

  /** A reader ends. */
  public void unpin(long pin) {
    pins.release(pin);
  }

  /**
   * Proves every frame that is here; those that are damaged are forgotten.
   *
   * @return how many were damaged
   */
  public long proveAll() {
    long before = counts.damagedFrames.get();
    for (FrameKey key : frames.keySet()) {
      get(key);
    }
    return counts.damagedFrames.get() - before;
  }

  /**
   * Forgets the frames that travelled in commits, durably. A volume whose history was put back may
   * have another commit under the same LSN, and its frames under the same names; a segment's name
   * is never used twice.
   *
   * @throws GraftException when the disk does not do it; some frames may be forgotten then
   */
  public void forgetCommits() {
    inTurn(() -> {
      for (CachedFrame frame : frames.values()) {
        if (frame.key().owner() instanceof FrameOwner.InCommit
            && frames.remove(frame.key(), frame)) {
          counts.left(frame);
        }
      }
      index.rewrite(frames.values());
    });
  }

  /** Bytes of content that are here. */
  public long bytes() {
    return counts.frameBytes.get();
  }

  /**
   * Whether bytes that nobody asked for would push out others of the kind, unread: then it is
   * better not to fetch them.
   *
   * @param bytes of content
   */
  public boolean wouldOverflow(long bytes) {
    return shelf.heldBytes() + bytes > bound.bytes()
        && Math.max(0, counts.untouchedBytes.get()) + bytes > bound.bytes() / 4;
  }

  /**
   * Says who is told of each frame that is given up, in the midst of it: quickly, and without
   * asking this cache.
   */
  public void onEviction(Consumer<FrameKey> listener) {
    eviction.tell(listener);
  }

  /** What it holds and what it gave up. */
  public CacheStatus status() {
    return new CacheStatus(
        bound.bytes(),
        shelf.heldBytes(),
        frames.size(),
        counts.frameBytes.get(),
        Math.max(0, counts.untouchedBytes.get()),
        counts.evictedFrames.get(),
        counts.evictedBytes.get(),
        counts.wastedFrames.get(),
        counts.movedBytes.get(),
        counts.returnedFrames.get(),
        counts.damagedFrames.get(),
        counts.refusedFrames.get());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  /** Ends all reads of its frames. */
  @Override
  public void close() {
    closed = true;
    try {
      turn.run(() -> {
        shelf.close();
        return true;
      });
    } catch (GraftException.Unavailable e) {
      // Interrupted while a slab was begun: what that leaves open goes with the process.
      shelf.close();
    }
    index.close();
  }
}
