package dev.graft.client.cache;

import dev.graft.protocol.error.GraftException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says which slab is given up for a new one, and which of its frames are worth to be written again.
 * A clock over slabs: what was read again since its first use gets a second turn, what a pinned
 * snapshot has read stays before that, and hot frames stay for several turns. Everything here
 * happens in the cache's turn.
 *
 * <p>At most half of a slab is written again, so that each new slab has room for at least as much
 * as is moved: the bytes written are at most twice those that came.
 */
final class Eviction {
  /**
   * Reads within so many ticks of the first one are the same use: a scan reads all pages of a frame
   * once.
   */
  static final int FIRST_USE_TICKS = 1;

  /** A hot frame that nobody reads stays for so many turns of the clock. */
  private static final int HOT_TURNS = 8;

  private static final int HOT = 3;
  private static final int PINNED = 2;
  private static final int READ_AGAIN = 1;
  private static final int NOT_WORTH_IT = 0;

  /** A frame with what it is judged by, which readers go on changing. */
  private record Kept(CachedFrame frame, int worth, int lastRead) {}

  private final CacheBound bound;
  private final ConcurrentHashMap<FrameKey, CachedFrame> frames;
  private final Shelf shelf;
  private final Ticks ticks;
  private final Pins pins;
  private final Ghosts ghosts;
  private final CacheCounts counts;
  private final FrameIndex index;

  private volatile Consumer<FrameKey> listener = key -> {};

  /** The pins whose frames stay before others; in the cache's turn. */
  private final Set<Long> honoured = new HashSet<>();

  Eviction(
      CacheBound bound,
      ConcurrentHashMap<FrameKey, CachedFrame> frames,
      Shelf shelf,
      Ticks ticks,
      Pins pins,
      Ghosts ghosts,
      CacheCounts counts,
      FrameIndex index) {
    this.bound = bound;
    this.frames = frames;
    this.shelf = shelf;
    this.ticks = ticks;
    this.pins = pins;
    this.ghosts = ghosts;
    this.counts = counts;
    this.index = index;
  }

  /** Who is told of frames that are given up. */
  void tell(Consumer<FrameKey> other) {
    listener = other;
  }

  /** The slab to give up next; null when there is none. */
  @Nullable Slab choose() {
    List<Slab> sealed = shelf.sealed();
    sealed.sort(Comparator.comparingInt(slab -> slab.turn));
    if (sealed.isEmpty()) {
      return null;
    }
    honourPins();
    sealed.forEach(slab -> slab.keptBytes = 0);
    for (CachedFrame frame : frames.values()) {
      if (worth(frame) != NOT_WORTH_IT) {
        frame.slab().keptBytes += frame.lengthBytes();
      }
    }
    // What came lately had no time to show its worth.
    for (Slab slab : sealed.subList(0, (sealed.size() + 1) / 2)) {
      if (slab.keptBytes <= slab.roomBytes() / 2) {
        return slab;
      }
      pass(slab);
    }
    return cheapest(sealed.subList(0, Math.max(1, sealed.size() - 1)));
  }

  /** The hand goes on: a slab that is worth it stays as it is, and has to show its worth anew. */
  private void pass(Slab slab) {
    slab.turn = ticks.now;
    for (CachedFrame frame : frames.values()) {
      if (frame.slab() == slab) {
        frame.passed();
      }
    }
  }

  /**
   * Pins are honoured up to half of the cache, the oldest first, and not those that do not fit: who
   * reads through more cannot be helped, and is not to push out all others.
   */
  private void honourPins() {
    honoured.clear();
    TreeMap<Long, Long> heldBytes = new TreeMap<>();
    for (CachedFrame frame : frames.values()) {
      long pin = frame.pin(pins);
      if (pin != Pins.NONE) {
        heldBytes.merge(pin, (long) frame.lengthBytes(), Long::sum);
      }
    }
    long left = bound.bytes() / 2;
    for (var held : heldBytes.entrySet()) {
      if (held.getValue() <= left) {
        left -= held.getValue();
        honoured.add(held.getKey());
      }
    }
  }

  private static Slab cheapest(List<Slab> slabs) {
    Slab best = slabs.getFirst();
    for (Slab slab : slabs) {
      if (slab.keptBytes < best.keptBytes) {
        best = slab;
      }
    }
    return best;
  }

  private int worth(CachedFrame frame) {
    int lastRead = frame.lastRead();
    if (frame.isHot() && ticks.now - lastRead < HOT_TURNS * Math.max(1, shelf.count())) {
      return HOT;
    }
    if (!honoured.isEmpty() && honoured.contains(frame.pin(pins))) {
      return PINNED;
    }
    return lastRead > frame.born() + FIRST_USE_TICKS ? READ_AGAIN : NOT_WORTH_IT;
  }

  /**
   * Writes what is worth it into another slab, and forgets the rest.
   *
   * @param room the most bytes to write
   * @return how many were written
   */
  long move(Slab from, Slab to, long room) {
    List<Kept> kept = new ArrayList<>();
    for (CachedFrame frame : frames.values()) {
      if (frame.slab() == from) {
        int worth = worth(frame);
        if (worth == NOT_WORTH_IT) {
          forget(frame);
        } else {
          kept.add(new Kept(frame, worth, frame.lastRead()));
        }
      }
    }
    kept.sort(Comparator.comparingInt(Kept::worth).thenComparingInt(Kept::lastRead).reversed());
    long moved = 0;
    for (Kept each : kept) {
      CachedFrame frame = each.frame();
      boolean fits = moved + frame.lengthBytes() <= room;
      if (fits && frame.isSound() && move(frame, to)) {
        moved += frame.lengthBytes();
      } else {
        forget(frame);
      }
    }
    counts.movedBytes.addAndGet(moved);
    return moved;
  }

  private boolean move(CachedFrame frame, Slab to) {
    long at = to.reserve(frame.lengthBytes());
    if (at < 0) {
      return false;
    }
    try {
      to.write(at, frame.bytes().asByteBuffer());
    } catch (GraftException e) {
      // The disk has no room for it: it goes, like those that are worth less.
      return false;
    } finally {
      to.settled();
    }
    CachedFrame moved = frame.at(new CachedFrame.Spot(to, at));
    index.append(moved);
    return frames.replace(frame.key(), frame, moved);
  }

  /** Forgets all frames of a slab. */
  void forgetAll(Slab slab) {
    for (CachedFrame frame : frames.values()) {
      if (frame.slab() == slab) {
        forget(frame);
      }
    }
  }

  private void forget(CachedFrame frame) {
    if (frames.remove(frame.key(), frame)) {
      counts.left(frame);
      counts.evicted(frame);
      ghosts.add(frame.key());
      listener.accept(frame.key());
    }
  }
}
